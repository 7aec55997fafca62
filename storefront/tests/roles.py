"""Asks every address of the shop as every role, and writes down who may do what (docs/roles.md)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from model_bakery import baker
from rest_framework.test import APIClient

from core.groups import GROUPS
from core.models import UserSession
from history.models import Change, Operation
from store.models import Product

from .routes import ROUTES

# Below an address of the API, and for people.
PAGES = {"store/payments/development/<any_uuid:key>/"}
API = ("store/", "auth/", "tags/", "likes/")
# An example for each part of the address of a page for people.
EXAMPLES = {
    "<path:name>": "{file}",
    "unsubscribe/<str:token>/": "unsubscribe/1/",
    "<any_uuid:key>": "{payment_key}",
    "<path:content_type_id>": "{product_type}",
    "<path:object_id>": "{product}",
    "<app>": "store",
    "reports/<slug:name>/": "reports/sales/",
    "api/schema/": "api/schema/?format=json",
    "autocomplete/": "autocomplete/?app_label=store&model_name=orderitem&field_name=product",
}
# What belongs to somebody: the model, and the field that says to whom.
OWNED = {
    "store.order": "customer",
    "store.address": "customer",
    "store.review": "user",
    "likes.likeditem": "user",
    "core.usersession": "user",
}
OWN_NAMES = {"user", "customer", "order", "paid_order", "shipped_order", "invoiced_order"}
OWN_NAMES |= {"review", "address", "like", "session"}
# A list that holds what the asker may see -> the name of somebody else's row in it.
LISTS = {"/store/orders/": "order", "/auth/users/": "user", "/likes/": "like"}
# Names of the admin's addresses, in words.
VERBS = {"changelist": "list", "change": "see", "auth_user_password_change": "set a password"}
REFUSED = (401, 403, 404)
YES, OWN, NO = "yes", "own", "–"


class Role(NamedTuple):
    name: str
    # None: nobody is signed in.
    fields: dict[str, Any] | None = None
    group: str = ""


ROLES = [
    Role("visitor"),
    Role("customer", {}),
    Role("staff", {"is_staff": True}),
    *(Role(name, {"is_staff": True}, name) for name in GROUPS),
    Role("superuser", {"is_staff": True, "is_superuser": True}),
]


class Row(NamedTuple):
    """What is asked for, and for each role the answer in a word."""

    what: str
    cells: list[str]


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path, entry
        else:
            yield from routes(entry, path)


class Asker:
    """One role, that asks as a browser or a client of the API would; what it changes is taken back."""

    def __init__(self, role: Role, world: dict[str, Any], register: Callable[..., Any]) -> None:
        self.world = world
        self.api, self.browser = APIClient(), Client()
        self.user: Any = None
        if role.fields is None:
            return
        name = role.name.lower().replace(" ", "_")
        self.user = register(name, **role.fields)
        if role.group:
            self.user.groups.add(Group.objects.get(name=role.group))
        self.browser.force_login(self.user)
        # Asked once: each request gets a copy of the user.
        self.user.has_perm("")

    def ask(self, method: str, path: str) -> str:
        """Ask for an endpoint of the API, first about somebody else's row and then about one's own."""
        status, body = self.send(method, path, self.world)
        names = {name for name in OWN_NAMES if f"{{{name}}}" in path}
        if status not in REFUSED:
            return self.word_for(path, method, body)
        if names and self.user:
            with taken_back():
                self.take_over()
                own = {**self.world, "user": self.user.pk, "customer": self.user.customer.pk}
                if self.send(method, path, own)[0] not in REFUSED:
                    return OWN
        return str(status)

    def word_for(self, path: str, method: str, body: Any) -> str:
        others = LISTS.get(path) if method == "get" else None
        sees_own = others and self.world[others] not in [each["id"] for each in body]
        return OWN if sees_own or "/me/" in path else YES

    def send(self, method: str, path: str, world: dict[str, Any]) -> tuple[int, Any]:
        sent = {
            name: world[value[1:-1]] if isinstance(value, str) and value[:1] == "{" else value
            for name, value in (ROUTES[path][method] or {}).items()
        }
        # A view may change the user that it is asked by.
        self.api.force_authenticate(copy(self.user))
        with taken_back():
            url = path.format(**world)
            response = getattr(self.api, method)(url, sent or None, format="json")
        return response.status_code, getattr(response, "data", None)

    def take_over(self) -> None:
        """Make everything that is somebody's one's own."""
        for label, field in OWNED.items():
            owner = self.user.customer if field == "customer" else self.user
            apps.get_model(label)._default_manager.update(**{field: owner})
        UserSession.objects.update(auth_hash=self.user.get_session_auth_hash())

    def sees(self, url: str, method: str = "get") -> tuple[str, Any]:
        """Ask for a page for people; to be sent to the sign-in is to be refused."""
        with taken_back():
            page: Any = getattr(self.browser, method)(url)
            if page.streaming:
                # Closes the file.
                b"".join(page.streaming_content)
        is_sent_away = page.status_code == 302 and "/login/" in page["Location"]
        return (NO if page.status_code in REFUSED or is_sent_away else YES), page


@contextmanager
def taken_back() -> Iterator[None]:
    """Leave nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def api_rows(askers: list[Asker], world: dict[str, Any]) -> Iterator[Row]:
    for path, methods in ROUTES.items():
        for method in methods:
            cells = [asker.ask(method, path) for asker in askers]
            yield Row(f"{method.upper()} {path}", cells)


def page_rows(askers: list[Asker], world: dict[str, Any]) -> Iterator[Row]:
    """Ask for the pages that belong neither to the API nor to a model of the admin."""
    models = [model._meta for model in admin.site._registry]
    others = (*API, *(f"admin/{opts.app_label}/{opts.model_name}/" for opts in models))
    # The lists of an app's models are at an address with all their names.
    paths = {
        re.sub(r"\^\(\?P<app_label>[^)]+\)/\$", "<app>/", path)
        for path, pattern in routes(get_resolver())
        if pattern.name and (path in PAGES or not path.startswith(others))
    }
    for path in sorted(paths):
        url = path
        for part, example in EXAMPLES.items():
            url = url.replace(part, example)
        assert "<" not in url, f"EXAMPLES has none of {path}"
        yield Row(f"/{path}", [asker.sees(f"/{url.format(**world)}")[0] for asker in askers])


def admin_rows(askers: list[Asker], world: dict[str, Any]) -> Iterator[Row]:
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label):
        row = model._default_manager.first() or baker.make(model)
        if model is Operation:
            # One of nothing can be taken back by nobody.
            product = world["product"]
            baker.make(Change, operation=row, content_object=Product(pk=product), kind="U")
        yield from model_rows(askers, model, row)


def model_rows(askers: list[Asker], model: Any, row: Any) -> Iterator[Row]:
    offered: list[set[str]] = []
    for pattern in admin.site._registry[model].get_urls():
        if not pattern.name:
            continue
        name = pattern.name.removeprefix(f"{model._meta.app_label}_{model._meta.model_name}_")
        arguments = arguments_of(pattern, row)
        url = reverse(f"admin:{pattern.name}", kwargs=arguments)
        answers = [asker.sees(url) for asker in askers]
        verb = VERBS.get(name, name)
        yield Row(f"{model._meta.label}: {verb}", [word for word, _ in answers])
        if name == "change":
            changed = [asker.sees(url, "post")[0] for asker in askers]
            yield Row(f"{model._meta.label}: change", changed)
        if name == "changelist":
            offered = [actions_on(page) for _, page in answers]
    for action in sorted(set().union(*offered)):
        cells = [YES if action in actions else NO for actions in offered]
        yield Row(f"{model._meta.label}: action {action}", cells)


def arguments_of(pattern: URLPattern, row: Any) -> dict[str, Any]:
    examples = {"status": "cancelled", "file_format": "csv"}
    return {name: examples.get(name, row.pk) for name in pattern.pattern.converters}


def actions_on(page: Any) -> set[str]:
    """Return the actions that a list offers."""
    form = (getattr(page, "context_data", None) or {}).get("action_form")
    return {name for name, _ in form.fields["action"].choices if name} if form else set()


def as_table(title: str, rows: Iterator[Row]) -> str:
    head = [title, *(role.name for role in ROLES)]
    lines = [head, ["---"] * len(head), *([f"`{row.what}`", *row.cells] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


PARTS: dict[str, tuple[str, Callable[..., Iterator[Row]]]] = {
    "The API": ("request", api_rows),
    "The admin": ("page or action", admin_rows),
    "Other pages": ("page", page_rows),
}


def table(part: str, world: dict[str, Any], register: Callable[..., Any]) -> str:
    """Return who may do what of one part of the shop."""
    # Whose rows they are is a customer.
    get_user_model().objects.update(is_staff=False, is_superuser=False)
    title, rows = PARTS[part]
    return as_table(title, rows([Asker(role, world, register) for role in ROLES], world))
