"""A placed order as JSON without a serializer for each line; OrderSerializer describes the result."""

from collections.abc import Sequence
from typing import Any

from rest_framework.fields import DateTimeField

from ..models import Order, OrderItem
from ..money import summed
from .catalog import simple_product
from .customers import AddressFieldsSerializer

moment = DateTimeField()


def order_body(order: Order, lines: Sequence[OrderItem]) -> dict[str, Any]:
    subtotal = summed(line.total_price for line in lines)
    tax = summed(line.tax for line in lines)
    address = order.shipping_address
    return {
        "id": order.pk,
        "customer": order.customer_id,
        "placed_at": moment.to_representation(order.placed_at),
        "payment_status": order.payment_status,
        "status": order.status,
        "shipping_address": AddressFieldsSerializer(address).data if address else None,
        "items": [line_body(line) for line in lines],
        "subtotal": subtotal,
        "tax": tax,
        "total": subtotal + tax,
    }


def line_body(line: OrderItem) -> dict[str, Any]:
    return {
        "id": line.pk,
        "product": simple_product(line.product),
        "title": line.title,
        "list_price": line.list_price,
        "promotion": line.promotion,
        "unit_price": line.unit_price,
        "quantity": line.quantity,
        "total_price": line.total_price,
        "tax": line.tax,
    }
