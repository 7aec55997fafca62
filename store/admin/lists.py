from typing import Any

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

from storefront.admin.options import ConcurrentEditAdmin
from storefront.admin.permissions import ReadOnlyMixin

from ..statement_limits import StatementTooSlow, statement_limit

# Any number of so many digits fits into the column; Python reads none of some thousand.
MAX_ID_DIGITS = 18


def is_id(text: str) -> bool:
    """Tell whether a word of a search may be the id of a row."""
    return text.isdecimal() and len(text) <= MAX_ID_DIGITS


class KeysFirstPaginator(Paginator):
    """Finds the keys of a page in an index, then loads those rows only.

    MariaDB reads, joins and sorts whole rows otherwise, all those before a late page too.
    """

    def page(self, number: int | str) -> Page:
        page = super().page(number)
        rows: Any = page.object_list
        every_row: Any = self.object_list
        page.object_list = every_row.filter(pk__in=list(rows.values_list("pk", flat=True)))
        return page


class FoundPaginator(KeysFirstPaginator):
    """Counts what a search has found as far as anybody reads on; what takes too long is as good as many."""

    most = 1000
    seconds = 0.15

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        try:
            with statement_limit(rows.db, self.seconds):
                return rows.order_by()[: self.most].count()
        except StatementTooSlow:
            return self.most


class IndexedChangeList(ChangeList):
    """Sorts by a clicked column, then by key in the same direction, as the indexes do."""

    def get_ordering(self, request: Any, queryset: Any) -> list[Any]:
        ordering = list(super().get_ordering(request, queryset))
        clicked, first = self.params.get(ORDER_VAR, ""), ordering[0]
        # Django goes on with the usual order and "-pk", whose directions no index has.
        if not clicked or "." in clicked or not isinstance(first, str):
            return ordering
        if first.removeprefix("-") in ("pk", self.lookup_opts.pk.name):
            return [first]
        return [first, "-pk" if first.startswith("-") else "pk"]


class LongListAdmin(ConcurrentEditAdmin):
    """A list that stays fast at any number of rows."""

    list_per_page = 50
    paginator = KeysFirstPaginator
    show_full_result_count = False

    def get_changelist(self, request: Any, **kwargs: Any) -> type[ChangeList]:
        return IndexedChangeList


class ReadOnlyAdmin(ReadOnlyMixin, LongListAdmin):
    """A long list that staff only look at."""
