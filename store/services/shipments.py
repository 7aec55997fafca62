"""What is known of a parcel on its way."""

from typing import Any

from ..carriers import carrier_name, one_line
from ..exceptions import OrderStatusConflict
from ..models import Order, OrderStatus, TrackingChange
from .order_mails import queue_tracking_mail
from .transactions import retrying_transaction

# Of these alone a parcel is known.
SENT = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)


@retrying_transaction
def correct_tracking(
    *,
    order: Order,
    carrier: str,
    tracking_number: str,
    by: Any = None,
    seen: tuple[str, str] | None = None,
) -> Order:
    """Correct who carries a shipped order and under which number, and mail it while it is on its way.

    What it is already is no change. Raises OrderStatusConflict where nothing was shipped, and where
    carrier and number are no longer those `seen`.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.status not in SENT:
        raise OrderStatusConflict(f"The order is {order.status}; only a shipped one has tracking.")
    current = (order.carrier, order.tracking_number)
    corrected = (carrier_name(carrier), one_line(tracking_number))
    if corrected == current:
        return order
    if seen not in (None, current):
        now = " ".join(current).strip() or "none"
        raise OrderStatusConflict(f"Somebody has changed the tracking meanwhile; it is {now} now.")
    change = TrackingChange.objects.create(
        order=order,
        old_carrier=order.carrier,
        old_tracking_number=order.tracking_number,
        carrier=corrected[0],
        tracking_number=corrected[1],
        changed_by_id=getattr(by, "pk", None),
    )
    order.carrier, order.tracking_number = corrected
    order.save(update_fields=["carrier", "tracking_number"])
    if order.status == OrderStatus.SHIPPED and any(corrected):
        queue_tracking_mail(order=order, change=change)
    return order
