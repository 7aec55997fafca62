from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from import_export.fields import Field

from ..models import Address, Order
from .bases import SheetResource
from .widgets import AmountWidget, IdWidget, TextWidget, TimeWidget, WholeNumberWidget

ADDRESS = [f"shipping_{name}" for name in Address.FIELDS]


class OrderResource(SheetResource):
    """Orders for other programs; none comes in, as an order is placed."""

    id = Field(attribute="id", column_name="id", widget=IdWidget())
    placed_at = Field(attribute="placed_at", column_name="placed_at", widget=TimeWidget())
    status = Field(attribute="status", column_name="status", widget=TextWidget())
    payment_status = Field(
        attribute="get_payment_status_display", column_name="payment_status", widget=TextWidget()
    )
    customer = Field(attribute="customer_id", column_name="customer", widget=IdWidget())
    name = Field(attribute="customer__name", column_name="name", widget=TextWidget())
    email = Field(attribute="customer__user__email", column_name="email", widget=TextWidget())
    shipping_street = Field(attribute=ADDRESS[0], column_name=ADDRESS[0], widget=TextWidget())
    shipping_city = Field(attribute=ADDRESS[1], column_name=ADDRESS[1], widget=TextWidget())
    shipping_zip = Field(attribute=ADDRESS[2], column_name=ADDRESS[2], widget=TextWidget())
    pieces = Field(attribute="pieces", column_name="pieces", widget=WholeNumberWidget())
    subtotal = Field(attribute="subtotal", column_name="subtotal", widget=AmountWidget())
    tax = Field(attribute="tax", column_name="tax", widget=AmountWidget())
    total = Field(attribute="total", column_name="total", widget=AmountWidget())

    class Meta:
        model = Order
        fields = [
            *("id", "placed_at", "status", "payment_status", "customer", "name", "email"),
            *(*ADDRESS, "pieces", "subtotal", "tax", "total"),
        ]

    def stored(self) -> Any:
        return Order.objects.select_related("customer__user")

    def dehydrate_pieces(self, order: Order) -> int:
        return sum(item.quantity for item in order.items.all())

    def load(self, instances: Sequence[Any]) -> None:
        prefetch_related_objects(instances, "items")
