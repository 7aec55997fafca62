"""The record of what came into the stock and left it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from history.models import Change, Door
from history.origins import current_origin

from ..models import Product, StockCause, StockMovement
from ..models.stock_movements import with_wrong_stock
from .transactions import retrying_transaction

# Rows that one transaction reads or writes.
CHUNK = 1000


def record_stock_changes(*, changes: Iterable[Change]) -> None:
    """Record the movements behind what the history tells of products, in the transaction of the change."""
    moved = {
        change.object_id: change.fields["inventory"]
        for change in changes
        if change.kind == Change.Kind.UPDATED and "inventory" in change.fields
    }
    _record({key: after - before for key, (before, after) in moved.items()}, current_cause())


def open_stock(*, keys: Sequence[int]) -> None:
    """Record the stock that new products begin with."""
    if not keys:
        return
    stocks = Product.objects.filter(pk__in=keys).exclude(inventory=0)
    _record(dict(stocks.order_by().values_list("pk", "inventory")), StockCause.OPENING)


def current_cause() -> str:
    return StockCause.IMPORT if current_origin().door == Door.IMPORT else StockCause.CORRECTION


def _record(quantities: Mapping[int, int], cause: str) -> None:
    if not quantities:
        return
    by = current_origin().by
    StockMovement.objects.bulk_create(
        (
            StockMovement(product_id=key, pieces=pieces, cause=cause, moved_by_id=by)
            for key, pieces in quantities.items()
        ),
        batch_size=CHUNK,
    )


def wrong_stocks(*, after: int = 0, most: int = CHUNK) -> list[Any]:
    """Return products, by key, whose movements do not add up to their stock, with the sum as `moved`."""
    products: Any = Product.objects.filter(pk__gt=after)
    return list(with_wrong_stock(products).order_by("pk")[:most])


@retrying_transaction
def settle_stock(*, product: Product) -> int:
    """Record the movement that is missing for the stock of a product, as plain SQL leaves; return its pieces."""
    locked: Any = Product.objects.locked().filter(pk=product.pk)
    found: Any = with_wrong_stock(locked).first()
    if found is None:
        return 0
    pieces: int = found.inventory - found.moved
    _record({found.pk: pieces}, StockCause.CORRECTION)
    return pieces


def join_old_movements() -> int:
    """Join the movements of each product that are older than HISTORY_DAYS; return how many went."""
    last = timezone.now() - timedelta(days=settings.HISTORY_DAYS)
    old = StockMovement.objects.filter(moved_at__lt=last).order_by()
    several = old.values("product").annotate(count=Count("pk")).filter(count__gt=1)
    total = 0
    while keys := list(several.values_list("product", flat=True)[:CHUNK]):
        total += sum(_join_movements(product_id=key, last=last) for key in keys)
    return total


@retrying_transaction
def _join_movements(*, product_id: int, last: datetime) -> int:
    old = StockMovement.objects.filter(product=product_id, moved_at__lt=last).order_by("pk")
    rows = list(old.select_for_update().values_list("pk", "pieces", "moved_at"))
    kept, *joined = (key for key, _, _ in rows)
    StockMovement.objects.filter(pk__in=joined).delete()
    StockMovement.objects.filter(pk=kept).update(
        pieces=sum(pieces for _, pieces, _ in rows),
        moved_at=max(at for _, _, at in rows),
        cause=StockCause.OPENING,
        order=None,
        moved_by=None,
    )
    return len(joined)
