from typing import Any

from django.core.paginator import Page, Paginator


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
