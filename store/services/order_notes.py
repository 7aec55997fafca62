"""What staff write to each other about an order."""

from typing import Any
from uuid import UUID

from ..models import Order, OrderNote
from .transactions import retrying_transaction


@retrying_transaction
def add_note(*, order: Order, text: str, by: Any, key: UUID | None = None) -> OrderNote:
    """Add a note to an order, once for each key; raises Order.DoesNotExist where the order is gone."""
    # Two clicks wait here for each other.
    order = Order.objects.select_for_update().get(pk=order.pk)
    if key is not None and (note := OrderNote.objects.filter(key=key, order=order).first()):
        return note
    return OrderNote.objects.create(order=order, text=text, written_by_id=by.pk, key=key)
