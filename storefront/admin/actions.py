"""Actions on many rows: each asks first, with the exact number, and leaves a trace of who did what."""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.contrib.admin import actions
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_ngettext
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy, ngettext

logger = logging.getLogger(__name__)

Action = Callable[..., HttpResponse | None]
Rows = Callable[[Any], Any]

# Rows that a page names before it only says how many more there are.
NAMED = 10
# Of those that are judged by what they say, each of a whole page of a list.
NAMED_IN_FULL = 50
# Rows that one statement changes.
CHUNK = 5000
# Rows that have an entry each in the admin's log; of more there is one entry with their number.
LOGGED_EACH = 100
# Rows that one request deletes; the form of the confirmation names them all.
MAX_SELECTED = 500
CHANGED_SINCE = (
    "The selection has changed since it was shown. Nothing was changed; please look again."
)


def has_intermediate_page(action: Any) -> bool:
    return getattr(action, "has_intermediate_page", False)


def intermediate_page_action(
    *, description: Any, permissions: Sequence[str]
) -> Callable[[Action], Action]:
    """Declare an action that shows an intermediate page before it writes, and calls log_bulk_action."""

    def decorate(action: Any) -> Action:
        action.has_intermediate_page = True
        return admin.action(action, permissions=permissions, description=description)

    return decorate


def only_reads(action: Any) -> bool:
    return getattr(action, "only_reads", False)


def reading_action(*, description: Any, permissions: Sequence[str]) -> Callable[[Action], Action]:
    """Declare an action that writes nothing, such as one that returns a file, and so need not ask."""

    def decorate(action: Any) -> Action:
        action.only_reads = True
        return admin.action(action, permissions=permissions, description=description)

    return decorate


class BulkChange(NamedTuple):
    """What an action does with many rows, in the words of its page."""

    change: Callable[[Any, HttpRequest, Any], int]
    # In the list of actions, and the title of the page that asks.
    description: str
    # "3 products ...".
    effect: str
    # After it, in the singular and in the plural.
    done: tuple[str, str]
    # The rows, of those chosen, that it changes.
    affects: Rows
    in_transaction: Any
    # The columns that a person judges a row by: nothing is changed where one of them differs from what was shown.
    judged_by: Sequence[str]
    # A row, as the page that asks names it.
    name_of: Callable[[Any], Any]


def confirmed_action(
    *,
    description: str,
    permissions: Sequence[str],
    effect: str,
    done: tuple[str, str],
    affects: Rows = QuerySet.all,
    in_transaction: Any = transaction.atomic,
    judged_by: Sequence[str] = (),
    name_of: Callable[[Any], Any] = str,
) -> Callable[[Callable[[Any, HttpRequest, Any], int]], Action]:
    """Make an action of a method that changes the rows of a queryset and returns how many these were.

    Nothing is changed before a page has shown the number, nor where the rows are others by then, or say
    something else in the columns that they are judged by.
    """

    def decorate(change: Callable[[Any, HttpRequest, Any], int]) -> Action:
        bulk_change = BulkChange(
            change, description, effect, done, affects, in_transaction, judged_by, name_of
        )

        @intermediate_page_action(description=description, permissions=permissions)
        @wraps(change)
        def ask(model_admin: Any, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
            return Confirmation(model_admin, request, queryset, bulk_change).respond()

        return ask

    return decorate


class Confirmation:
    """One request of somebody who changes many rows: the page that asks, or the confirmation."""

    def __init__(
        self, model_admin: Any, request: HttpRequest, queryset: QuerySet, bulk: BulkChange
    ) -> None:
        self.model_admin = model_admin
        self.request = request
        self.selected = queryset
        self.affected = bulk.affects(queryset)
        self.bulk = bulk

    def respond(self) -> HttpResponse | None:
        shown = self.request.POST.get("shown")
        keys = keys_of(self.affected)
        if not keys:
            self.say("None of the selected rows is left to be changed.", messages.WARNING)
            return None
        current = self.fingerprint(keys)
        if shown == current:
            self.apply(keys)
            return None
        if shown is not None:
            self.say(CHANGED_SINCE, messages.WARNING)
        return self.page(keys, current)

    def fingerprint(self, keys: list[Any], *, locking: bool = False) -> str:
        if not self.bulk.judged_by:
            return fingerprint(keys)
        return fingerprint_of_values(self.selected.model, keys, self.bulk.judged_by, locking)

    def apply(self, keys: list[Any]) -> None:
        """Change the rows that were shown; those that somebody has changed meanwhile are left."""
        count = self.bulk.in_transaction(self.change)(keys)
        if not count:
            self.say("Somebody else was faster. Nothing was changed.", messages.WARNING)
            return
        log_bulk_action(self.request, self.bulk.change.__name__, self.selected.model, count)
        self.say(ngettext(*self.bulk.done, count) % count, messages.SUCCESS)

    def change(self, keys: list[Any]) -> int:
        rows = self.selected.model._default_manager
        count = 0
        # Once they are locked nobody changes what was compared.
        if (
            self.bulk.judged_by
            and self.fingerprint(keys, locking=True) != self.request.POST["shown"]
        ):
            return count
        for chunk in chunks(keys):
            # Asked again in the statement that writes: a second click finds nothing to do.
            affected = self.bulk.affects(rows.filter(pk__in=chunk))
            count += self.bulk.change(self.model_admin, self.request, affected)
        if count:
            message = f"{self.bulk.description}."
            each = keys if count == len(keys) <= LOGGED_EACH else []
            write_log(self.request, rows.filter(pk__in=each), rows.model, count, message)
        return count

    def page(self, keys: list[Any], shown: str) -> TemplateResponse:
        request, model_admin = self.request, self.model_admin
        across = request.POST.get("select_across") == "1"
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        named = NAMED_IN_FULL if self.bulk.judged_by else NAMED
        context = {
            **model_admin.admin_site.each_context(request),
            "title": self.bulk.description,
            "opts": model_admin.opts,
            "media": model_admin.media,
            "back": request.get_full_path(),
            "effect": self.bulk.effect,
            "count": len(keys),
            "rows_name": model_ngettext(model_admin.opts, len(keys)),
            "rows": [(row, self.bulk.name_of(row)) for row in self.affected[:named]],
            "more": max(0, len(keys) - named),
            "unaffected": self.selected.count() - len(keys),
            "action": self.bulk.change.__name__,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            # With all rows of the list chosen, one stands for them.
            "chosen": chosen[:1] if across else chosen,
            "select_across": int(across),
            "shown": shown,
        }
        return TemplateResponse(request, "admin/action_confirmation.html", context)

    def say(self, message: str, level: int) -> None:
        self.model_admin.message_user(self.request, message, level)


def keys_of(queryset: QuerySet) -> list[Any]:
    return list(queryset.order_by("pk").values_list("pk", flat=True))


def fingerprint(keys: Iterable[Any]) -> str:
    """Return what two different sets of rows do not have in common."""
    return sha256(",".join(map(str, keys)).encode()).hexdigest()


def fingerprint_of_values(
    model: type[Model], keys: list[Any], columns: Sequence[str], locking: bool = False
) -> str:
    """Return what two states of these rows do not have in common, by their keys and these columns."""
    digest = sha256()
    for chunk in chunks(keys):
        rows = model._default_manager.filter(pk__in=chunk).order_by("pk")
        rows = rows.select_for_update() if locking else rows
        for values in rows.values_list("pk", *columns).iterator():
            digest.update(repr(values).encode())
    return digest.hexdigest()


def chunks(keys: list[Any]) -> Iterable[list[Any]]:
    rest = iter(keys)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def write_log(
    request: Any, rows: Iterable[Model], model: type[Model], count: int, message: str
) -> None:
    """Write into the admin's log what was done with these rows, or with how many if there are none."""
    from django.contrib.admin.models import CHANGE, LogEntry

    user = request.user.pk
    if LogEntry.objects.log_actions(user, rows, CHANGE, message):
        return
    LogEntry.objects.create(
        user_id=user,
        content_type=ContentType.objects.get_for_model(model, for_concrete_model=False),
        object_repr=f"{count} {model_ngettext(model._meta, count)}",
        action_flag=CHANGE,
        change_message=message,
    )


def log_bulk_action(request: Any, action: str, model: type[Model], count: int) -> None:
    """Write into the application's log who did what with how many rows."""
    logger.info("User %s: %s of %d x %s", request.user.pk, action, count, model._meta.label)


@intermediate_page_action(
    description=gettext_lazy("Delete selected %(verbose_name_plural)s"), permissions=["delete"]
)
def delete_selected(
    model_admin: Any,
    request: HttpRequest,
    queryset: QuerySet,
    in_transaction: Any = transaction.atomic,
) -> HttpResponse | None:
    """Delete as Django does, a bounded number of rows, and log it."""
    count = queryset.count()
    if count > MAX_SELECTED:
        message = f"At most {MAX_SELECTED} can be deleted at once. Nothing was deleted."
        model_admin.message_user(request, message, messages.ERROR)
        return None
    if not count:
        message = "None of the selected rows is left to be deleted."
        model_admin.message_user(request, message, messages.WARNING)
        return None
    page = in_transaction(actions.delete_selected)(model_admin, request, queryset)
    if page is None:
        log_bulk_action(request, "delete_selected", queryset.model, count)
    return page
