"""What a race came to, as a line of figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from django.db import connection
from django.db.models import Sum

from store.models import OrderItem, Product

from .crowd import Response, statuses


@dataclass
class Tally:
    name: str
    statuses: Counter[int] = field(default_factory=Counter)
    orders: int = 0
    stock_difference: int = 0
    started: float = field(default_factory=perf_counter)

    def add(self, responses: Sequence[Response], *, orders: int, stock_difference: int) -> None:
        """Count a round; its responses may not be failures of the shop."""
        self.statuses += statuses(responses)
        self.orders += orders
        self.stock_difference += stock_difference
        assert [response for response in responses if response.status >= 500] == []
        assert stock_difference == 0

    def count(self, lowest: int, highest: int) -> int:
        return sum(n for status, n in self.statuses.items() if lowest <= status <= highest)

    def line(self) -> str:
        return (
            f"{connection.vendor}: {self.name}: {self.statuses.total()} attempts, "
            f"{self.orders} orders, {self.count(400, 499)} refusals, {self.count(500, 599)} errors, "
            f"stock difference {self.stock_difference}, {perf_counter() - self.started:.1f} s"
        )


def ordered(product: Product) -> int:
    """Return the pieces that orders hold."""
    lines = OrderItem.objects.sold().filter(product=product)
    return lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0


def stock_difference(start: Mapping[Product, int]) -> int:
    """Add up the pieces that are missing or left over, of those there were of each product."""
    return sum(
        abs(Product.objects.get(pk=product.pk).inventory + ordered(product) - pieces)
        for product, pieces in start.items()
    )
