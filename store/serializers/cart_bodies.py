"""A cart as JSON without a serializer for each item; CartSerializer describes the result."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ..models import CartItem
from ..money import summed
from .catalog import simple_product
from .promotions import PromotionSerializer


def cart_body(cart_id: UUID, lines: Sequence[CartItem]) -> dict[str, Any]:
    before_tax = summed(line.total_price for line in lines)
    tax = summed(line.tax for line in lines)
    return {
        "id": str(cart_id),
        "items": [line_body(line) for line in lines],
        "total_price": before_tax,
        "tax": tax,
        "total": before_tax + tax,
    }


def line_body(line: CartItem) -> dict[str, Any]:
    promotion = line.promotion
    return {
        "id": line.pk,
        "product": simple_product(line.product),
        "quantity": line.quantity,
        "price": line.price,
        "promotion": PromotionSerializer(promotion).data if promotion else None,
        "total_price": line.total_price,
        "available": line.available,
        "insufficient_stock": line.insufficient_stock,
    }
