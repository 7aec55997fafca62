"""The page of an import: what each row of the sheet would do, has done, or what is wrong with it."""

from collections import defaultdict
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator

from ..models import ImportRow, ImportRun, ImportState
from ..services.import_values import RESOURCES

ROWS = 50
# Characters of a value that a page shows.
SHOWN = 80
# After that long without news, the page says that a worker is waited for.
QUIET = timedelta(seconds=20)
# Which rows a link shows: its name in the address, its words, their states, and their number.
FILTERS = {
    "new": ("New", [ImportRow.NEW], "new"),
    "changed": ("Changed", [ImportRow.CHANGED], "changed"),
    "unchanged": ("Unchanged", [ImportRow.UNCHANGED], "unchanged"),
    "errors": ("Errors only", [ImportRow.WRONG], "wrong"),
    "applied": ("Applied", [ImportRow.APPLIED], "applied"),
    "left": ("Left: changed since the check", [ImportRow.REFUSED], "refused"),
    "undone": ("Taken back", [ImportRow.UNDONE], "undone"),
    "kept": ("Not taken back: changed since", [ImportRow.KEPT], "kept"),
}
# Which of them say something in which state; others are empty, or their rows have another state by now.
SHOWN_FILTERS = {
    ImportState.CHECKED: ["errors", "new", "changed", "unchanged"],
    ImportState.CHECKING: [],
    ImportState.REFUSED: [],
    ImportState.APPLYING: ["errors", "left", "applied", "unchanged"],
    ImportState.APPLIED: ["errors", "left", "applied", "unchanged"],
    ImportState.UNDOING: ["kept", "undone", "left"],
    ImportState.UNDONE: ["kept", "undone", "left", "errors"],
}


class KnownCountPaginator(Paginator):
    """Pages of rows that the import has counted."""

    known = 0

    @cached_property
    def count(self) -> int:
        return self.known


class Change(NamedTuple):
    column: str
    before: str
    after: str


class ImportPage:
    def __init__(self, run: ImportRun, request: HttpRequest) -> None:
        self.run = run
        self.request = request
        self.resource = RESOURCES[run.kind]()
        wanted = request.GET.get("rows", "")
        self.filter = wanted if wanted in FILTERS else ""

    def context(self) -> dict[str, Any]:
        done, of = self.run.work
        return {
            "run": self.run,
            "done": done,
            "of": of,
            "is_quiet": self.run.is_at_work and timezone.now() - self.run.active_at > QUIET,
            "filters": self.filters(),
            "filter": self.filter,
            "page": self.page(),
        }

    def filters(self) -> list[tuple[str, str, int]]:
        names = SHOWN_FILTERS[ImportState(self.run.state)]
        found = [(name, FILTERS[name][0], getattr(self.run, FILTERS[name][2])) for name in names]
        return [each for each in found if each[2] or each[0] == "errors"]

    def page(self) -> Page[Any]:
        paginator = KnownCountPaginator(self.rows(), ROWS)
        count = FILTERS[self.filter][2] if self.filter else "checked"
        paginator.known = getattr(self.run, count)
        page = paginator.get_page(self.request.GET.get("p"))
        page.object_list = self.shown(list(page.object_list))
        return page

    def rows(self) -> QuerySet[ImportRow]:
        rows = self.run.rows.order_by("number")
        return rows.filter(state__in=FILTERS[self.filter][1]) if self.filter else rows

    def shown(self, rows: list[ImportRow]) -> list[Any]:
        """Give rows their changes in words, and the address of what they are about."""
        names = self.names_of_related(rows)
        opts = self.resource.model()._meta
        for row in rows:
            extra: Any = row
            extra.shown_changes = [
                Change(name, *(self.words(names, name, value) for value in pair))
                for name, pair in row.changes.items()
            ]
            if row.object_id and row.state != ImportRow.UNDONE:
                extra.url = reverse(
                    f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.object_id]
                )
        return rows

    def names_of_related(self, rows: list[ImportRow]) -> dict[str, dict[Any, str]]:
        """Return how the rows call themselves that changes relate to, in a query of each kind."""
        keys = defaultdict(set)
        for row in rows:
            for name, pair in row.changes.items():
                if self.resource.model_field(name).is_relation:
                    keys[name].update(pair)
        return {
            name: {
                row.pk: f"{row} ({row.pk})"
                for row in self.resource.model_field(name).related_model.objects.filter(
                    pk__in=wanted - {None}
                )
            }
            for name, wanted in keys.items()
        }

    def words(self, names: dict[str, dict[Any, str]], name: str, value: Any) -> str:
        if value in (None, ""):
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return Truncator(names.get(name, {}).get(value, str(value))).chars(SHOWN)
