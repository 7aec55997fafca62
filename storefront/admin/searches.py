"""One search over the lists that staff look into most, with the meaning that each list gives it."""

import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    label_for_field,
    lookup_field,
)
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst

from .addresses import UNREADABLE, SearchForm

logger = logging.getLogger(__name__)

# Rows of each list on the page; beyond so many nobody asks for the exact number.
SHOWN = 5
COUNTED = 1000
EMPTY = "–"


class Row(NamedTuple):
    url: str
    name: str
    cells: list[Any]


class Result(NamedTuple):
    """What was found in one list."""

    name: str
    headers: list[str]
    rows: list[Row]
    total: str
    list_url: str
    # What leads there.
    link: str


def searched_admins(site: Any, request: HttpRequest) -> list[ModelAdmin]:
    """Return the admins of ADMIN_SEARCHED whose rows the person may see."""
    models = [apps.get_model(label) for label in settings.ADMIN_SEARCHED]
    admins = [site.get_model_admin(model) for model in models if site.is_registered(model)]
    return [each for each in admins if each.has_view_permission(request)]


def search(site: Any, request: HttpRequest) -> tuple[str, str, list[Result]]:
    """Return what was asked for, why it cannot be, and what was found in each list."""
    form = SearchForm({SEARCH_VAR: request.GET.get(SEARCH_VAR, "")})
    asked = form.data[SEARCH_VAR]
    if not form.is_valid():
        return "", " ".join(map(str, form.errors[SEARCH_VAR])), []
    if not asked.strip():
        return "", "", []
    admins = searched_admins(site, request)
    results = [each for model_admin in admins for each in found(model_admin, request, asked)]
    return asked, "", results


def found(model_admin: Any, request: HttpRequest, asked: str) -> Iterator[Result]:
    """Yield what a list finds, if it finds anything."""
    rows = model_admin.get_queryset(request)
    try:
        matching, has_duplicates = model_admin.get_search_results(request, rows, asked)
        matching = matching.distinct() if has_duplicates else matching
        keys = first_keys(model_admin, request, matching)
        count = len(keys) if len(keys) <= SHOWN else matching.order_by()[: COUNTED + 1].count()
    except UNREADABLE as error:
        # As of a list: a number that no column holds, or a sign that no text does.
        logger.warning("%s was searched wrongly", model_admin.opts.label, exc_info=error)
        return
    if not keys:
        return
    by_key = {row.pk: row for row in rows.filter(pk__in=keys[:SHOWN])}
    shown = [by_key[key] for key in keys[:SHOWN] if key in by_key]
    columns = [name for name in model_admin.get_list_display(request) if name != "action_checkbox"]
    opts = model_admin.opts
    total = f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"
    yield Result(
        name=capfirst(opts.verbose_name_plural),
        headers=[header_of(model_admin, column) for column in columns],
        rows=[row_of(model_admin, row, columns) for row in shown],
        total=total,
        list_url=f"{address(opts, 'changelist')}?{urlencode({SEARCH_VAR: asked})}",
        link=f"All {total} {opts.verbose_name_plural}" if count > SHOWN else "Show in the list",
    )


def first_keys(model_admin: Any, request: HttpRequest, matching: QuerySet) -> list[Any]:
    """Return the keys of the first rows in the order of the list, found in an index before a row is read."""
    ordering = model_admin.get_ordering(request) or model_admin.opts.ordering or ["-pk"]
    ordered = matching if matching.query.order_by else matching.order_by(*ordering)
    return list(ordered.values_list("pk", flat=True)[: SHOWN + 1])


def header_of(model_admin: Any, column: Any) -> str:
    return capfirst(str(label_for_field(column, model_admin.model, model_admin)))


def row_of(model_admin: Any, row: Model, columns: list[Any]) -> Row:
    url = address(model_admin.opts, "change", row.pk)
    name, *cells = (shown_value(model_admin, row, column) for column in columns)
    return Row(url, name, cells)


def shown_value(model_admin: Any, row: Model, column: Any) -> Any:
    """Return what the list shows of a row in a column."""
    field, attribute, value = lookup_field(column, row, model_admin)
    if field is None:
        is_boolean = getattr(attribute, "boolean", False)
        return display_for_value(value, EMPTY, is_boolean)
    if field.is_relation:
        return getattr(row, field.name) or EMPTY
    return display_for_field(value, field, EMPTY)


def address(opts: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)
