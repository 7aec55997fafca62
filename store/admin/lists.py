from typing import Any

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Page, Paginator

from storefront.admin.options import ConcurrentEditAdmin
from storefront.admin.permissions import ReadOnlyMixin

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
