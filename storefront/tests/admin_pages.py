"""Every page of the admin, by its registry and its routes: one that is added is found by itself."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import RoutePattern
from model_bakery import baker

from store.services.invoices import issue_invoice
from store.tests.bakers import let_all_agree

from .shop import fill_shop

ROOT = "admin/"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# Routes that show no page of their own: data, files, redirects, and what only a form is sent to.
NO_PAGES = {"autocomplete", "jsi18n", "logout", "view_on_site", "store_product_add_picture"}
NO_PAGES |= {
    f"store_order_{name}" for name in ("addresses", "notes", "slip", "invoice", "invoices")
}
# Pages to which only an action leads.
OF_ACTIONS = {"tags_tag_merge"}
# Pages for who is not signed in.
SIGNED_OUT = {"login", "admin_password_reset", "admin_password_reset_confirm"}
# Actions that answer with a file.
NO_QUESTIONS = {"packing_slips"}
# What else than the key of a row an address holds, by the name of the route.
ARGUMENTS = {"store_order_move": {"status": "paid"}, "report": {"name": "sales"}}
# Which row a page is for, where not every one has it.
ROWS: dict[str, dict[str, Any]] = {"store_order_tracking": {"stage": "shipped"}}
QUERIES = {"search": "?q=a"}


class AdminPage(NamedTuple):
    name: str
    path: str


def routes(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield each route of the project with the whole of its address."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from routes(pattern, route)


def rows() -> dict[str, Model]:
    """Return a stored row of each model of the admin, by the beginning of its addresses."""
    return {
        f"{ROOT}{model._meta.app_label}/{model._meta.model_name}/": row_of(model)
        for model in admin.site._registry
    }


def row_of(model: Any) -> Model:
    manager = model._default_manager
    return manager.order_by("pk").first() or baker.make(model)


def pages() -> Iterator[AdminPage]:
    """Yield every page of the admin that has an address, with the row that it shows."""
    stored, seen = rows(), set()
    for route, pattern in routes():
        name = pattern.name
        is_ours = route.startswith(ROOT) and isinstance(pattern.pattern, RoutePattern)
        if not (is_ours and is_page(name)) or route in seen:
            continue
        seen.add(route)
        yield AdminPage(name, path_of(route, name, stored))
    for label in sorted({model._meta.app_label for model in admin.site._registry}):
        yield AdminPage(f"app_list {label}", reverse("admin:app_list", args=[label]))


def is_page(name: str | None) -> bool:
    return bool(name) and name not in NO_PAGES | OF_ACTIONS and not str(name).endswith("_export")


def path_of(route: str, name: str, stored: dict[str, Model]) -> str:
    """Return an address of a route; fails where nobody says what belongs into it."""
    found = [row for start, row in stored.items() if route.startswith(start)]
    if name in ROWS:
        found = [type(row)._default_manager.get(**ROWS[name]) for row in found]
    keys = [str(row.pk) for row in found]

    def argument(match: re.Match[str]) -> str:
        given = ARGUMENTS.get(name, {}).get(match[1])
        assert given or keys, f"What is {match[0]} of {name}? ARGUMENTS says it."
        return given or keys[0]

    return "/" + PARAMETER.sub(argument, route) + QUERIES.get(name, "")


def actions_of(request: Any) -> Iterator[tuple[str, str]]:
    """Yield the address of each list with each of its actions."""
    for model, model_admin in admin.site._registry.items():
        meta = model._meta
        path = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        names = [*model_admin.get_actions(request)]
        yield from ((path, name) for name in names if name not in NO_QUESTIONS)


def fill_admin(boss: Any) -> None:
    """Store what the pages show: a row of every kind, with rows on the page of another and a history."""
    shop = fill_shop()
    product, order = shop["product"], shop["order"]
    baker.make("store.ProductImage", product=product, image="store/images/x.png", alt="A teapot")
    baker.make("store.OrderItem", order=order, product=product, quantity=2, unit_price=10)
    baker.make("store.OrderStatusChange", order=order, to_status="pending", changed_by=boss)
    baker.make("store.Address", customer=shop["user"].customer)
    let_all_agree()
    baker.make("tags.TaggedItem", tag__label="new", content_object=product)
    baker.make("webhooks.Attempt", delivery=row_of_label("webhooks.Delivery"))
    shipped = baker.make(
        "store.Order", customer=order.customer, payment_status="C", stage="shipped"
    )
    baker.make("store.OrderItem", order=shipped, product=product, quantity=1, unit_price=10)
    issue_invoice(order=shipped)
    baker.make("store.Product", is_published=False, unit_price=1)
    baker.make("store.Review", product=product, is_approved=False)
    for model in admin.site._registry:
        LogEntry.objects.log_actions(boss.pk, [row_of(model)], CHANGE, [])


def row_of_label(label: str) -> Any:
    return row_of(apps.get_model(label))
