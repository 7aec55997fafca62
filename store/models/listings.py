"""Long lists of products: counted once, and read far down without walking there from the first row."""

from bisect import bisect, insort
from collections.abc import Hashable
from threading import Lock
from typing import Any

from django.db.models import Q, QuerySet

from .catalog import Product
from .kept import Kept

# Rows from which on a page starts at a mark: what a database skips in a tenth of a millisecond.
FAR = 1000
# A mark is some 200 bytes.
MARKS = 5000

# A position in the list with what its row is ordered by: the value of a field, then the id.
Mark = tuple[int, Any, int]


class Listing:
    """A filtered and ordered list of products, for as long as the catalogue stays as it is."""

    def __init__(
        self, queryset: QuerySet[Product], counted: Hashable, counts: Kept[int], *, lasts: bool
    ) -> None:
        self.queryset, self.lasts = queryset, lasts
        # Its length may be known by this name to other lists, and from before.
        self.counted, self.counts = counted, counts
        # Where pages began that were read before, in order.
        self.marks: list[Mark] = []
        self.lock = Lock()

    def count(self) -> int:
        count = self.counts.get(self.counted) if self.lasts else None
        if count is None:
            count = self.queryset.count()
            self.counts.put(self.counted, count)
        return count

    @property
    def has_marks(self) -> bool:
        """Tell whether its order is that of one field and the id, as in an index."""
        order = [str(name) for name in self.queryset.query.order_by]
        fields = {field.name for field in Product._meta.concrete_fields}
        return (
            self.lasts
            and len(order) == 2
            and order[0].lstrip("-") in fields
            and order[1] == ("-id" if order[0].startswith("-") else "id")
        )

    def is_far(self, start: int) -> bool:
        """Tell whether a page that starts there is better read by `far_ids()`."""
        return start >= FAR and self.has_marks

    def far_ids(self, start: int, size: int) -> list[int]:
        """Return the ids of a page, read from the nearest mark before it; leaves one where it begins."""
        field = str(self.queryset.query.order_by[0])
        keys = self.queryset.values_list(field.lstrip("-"), "id")
        with self.lock:
            place = bisect(self.marks, start, key=lambda mark: mark[0])
            mark = self.marks[place - 1] if place else None
        if mark:
            keys = keys.filter(not_before(mark, field))
        skipped = start - (mark[0] if mark else 0)
        # The keys alone, which are in the index: MariaDB would fetch every row that it skips.
        found = list(keys[skipped : skipped + size])
        if found:
            self.leave_mark((start, *found[0]))
        return [key for _, key in found]

    def leave_mark(self, mark: Mark) -> None:
        with self.lock:
            place = bisect(self.marks, mark[0], key=lambda known: known[0])
            is_known = place > 0 and self.marks[place - 1][0] == mark[0]
            if not is_known and len(self.marks) < MARKS:
                insort(self.marks, mark, key=lambda known: known[0])


def not_before(mark: Mark, field: str) -> Q:
    """Keep the row of a mark and those after it; databases find the first one by the index."""
    _, value, key = mark
    name = field.lstrip("-")
    toward, beyond = ("lte", "lt") if field.startswith("-") else ("gte", "gt")
    return Q(**{f"{name}__{toward}": value}) & (
        Q(**{f"{name}__{beyond}": value}) | Q(**{f"id__{toward}": key})
    )
