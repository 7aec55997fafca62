"""What products cost for whom, by SQL that is compiled once."""

from collections.abc import Sequence
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS
from django.db.models import DateTimeField
from django.utils import timezone

from .catalog import Product
from .promotions import Promotion
from .statements import Slot, Statement

# In the order of the model's fields, as from_db() takes them.
PROMOTION = tuple(field.attname for field in Promotion._meta.concrete_fields)


def price_for(products: Sequence[Product], membership: str | None) -> None:
    """Load the promotions that run now for a membership into products, as `priced_for()` does."""
    running: dict[int, list[Promotion]] = {product.pk: [] for product in products}
    if running:
        statement = running_promotions_of(membership, len(running))
        # The keys come last.
        params = [*statement.params[: -len(running)], *running]
        for product_id, *row in statement.rows(params, now=timezone.now()):
            running[product_id].append(Promotion.from_db(DEFAULT_DB_ALIAS, PROMOTION, row))
    for product in products:
        product.running_promotions = running[product.pk]


@lru_cache(maxsize=128)
def running_promotions_of(membership: str | None, products: int) -> Statement:
    """Return what reads the promotions of so many products that run at a moment, best first."""
    running = Promotion.objects.running(membership, at=Slot("now", DateTimeField()))
    found = running.filter(products__in=range(1, products + 1))
    return Statement(found.values_list("products", *PROMOTION))
