"""Where an order goes, until it is sent."""

from collections.abc import Mapping
from typing import Any

from ..exceptions import OrderStatusConflict
from ..models import Address, AddressChange, Order, OrderStatus
from .transactions import retrying_transaction

# What has not been sent yet.
CORRECTABLE = (OrderStatus.PENDING, OrderStatus.PAID)


@retrying_transaction
def correct_address(
    *, order: Order, address: Mapping[str, str], by: Any = None, seen: str | None = None
) -> Order:
    """Correct where an order goes, by all fields of an address; those that the customer stores stay.

    What it is already is no change. Raises OrderStatusConflict once the order is sent or cancelled, and
    where its address is no longer the one `seen`.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.status not in CORRECTABLE:
        raise OrderStatusConflict(f"The order is {order.status}; its address can no longer change.")
    columns = {f"shipping_{name}": address[name] for name in Address.FIELDS}
    current = {column: getattr(order, column) for column in columns}
    if columns == current:
        return order
    if seen not in (None, written(order)):
        raise OrderStatusConflict(
            f"Somebody has changed the address meanwhile; it is {written(order) or 'none'} now."
        )
    AddressChange.objects.create(
        order=order,
        changed_by_id=getattr(by, "pk", None),
        **{f"old_{name}": current[f"shipping_{name}"] for name in Address.FIELDS},
        **{name: address[name] for name in Address.FIELDS},
    )
    for column, value in columns.items():
        setattr(order, column, value)
    order.save(update_fields=[*columns])
    return order


def written(order: Order) -> str:
    """Return where an order goes in one line, empty where nowhere."""
    return str(order.shipping_address or "")
