"""What an invoice says, taken from the order as it was placed."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings

from ..exceptions import SellerUnknown
from ..models import Address, Order, OrderItem
from ..money import displayed, round_to_minor_unit, summed

FORMER_CUSTOMER = "Former customer"
HUNDRED = Decimal(100)


def seller_of_shop() -> dict[str, Any]:
    """Return who sells, by the settings, or raise SellerUnknown."""
    address = [line.strip() for line in settings.STORE_SELLER_ADDRESS if line.strip()]
    if not (settings.STORE_SELLER_NAME and address):
        raise SellerUnknown
    return {
        "name": settings.STORE_SELLER_NAME,
        "address": address,
        "tax_id": settings.STORE_TAX_ID,
        "email": settings.STORE_SELLER_EMAIL,
        "phone": settings.STORE_SELLER_PHONE,
    }


def buyer_of(order: Order) -> dict[str, Any]:
    """Return who buys and where they live, as far as the order tells."""
    address: dict[str, str] = {}
    if order.shipping_street is not None:
        address = {name: getattr(order, f"shipping_{name}") or "" for name in Address.FIELDS}
    customer = order.customer
    # The user in their place has a made-up name.
    has_left = customer.user.deleted_at is not None
    return {"name": FORMER_CUSTOMER if has_left else customer.name, "address": address}


def content_of(order: Order) -> dict[str, Any]:
    """Return the rest: the lines of the order, and their sums by rate of tax."""
    items = list(order.items.all())
    rates = rates_of(items)
    return {
        "order": order.pk,
        "ordered_at": order.placed_at.isoformat(),
        "payment": "paid" if order.payment_status == Order.PAYMENT_STATUS_COMPLETE else "due",
        "lines": [line_of(item, rate) for item, rate in zip(items, rates, strict=True)],
        "rates": sums_by_rate(items, rates),
    }


def line_of(item: OrderItem, rate: Decimal | None) -> dict[str, Any]:
    return {
        "sku": item.product.sku or "",
        "title": item.title or item.product.title,
        "promotion": item.promotion or "",
        "quantity": item.quantity,
        "unit_price": text_of(item.unit_price),
        "rate": percent(rate),
        **amounts_of([item]),
    }


def sums_by_rate(
    items: Sequence[OrderItem], rates: Sequence[Decimal | None]
) -> list[dict[str, Any]]:
    found: dict[str, list[OrderItem]] = {}
    for item, rate in zip(items, rates, strict=True):
        found.setdefault(percent(rate), []).append(item)
    return [{"rate": rate, **amounts_of(lines)} for rate, lines in found.items()]


def amounts_of(items: Sequence[OrderItem]) -> dict[str, str]:
    net, tax = summed(item.total_price for item in items), summed(item.tax for item in items)
    return {"net": text_of(net), "tax": text_of(tax), "gross": text_of(net + tax)}


def text_of(amount: Decimal) -> str:
    return str(displayed(amount))


def percent(rate: Decimal | None) -> str:
    """Return a rate as a number of percent, "" of one that is not known."""
    return "" if rate is None else f"{(rate * HUNDRED).normalize():f}"


def rates_of(items: Sequence[OrderItem]) -> list[Decimal | None]:
    """Return the rate of tax of each line, None of lines that plain SQL wrote without a tax.

    A line has the amount of its tax, not the rate, and the shop's rate may have changed since. All lines of
    an order were taxed at one rate: it is the roundest one that gives each amount. Where none does, as
    after a change of the currency, a line has what its amounts come to.
    """
    taxed = [item for item in items if item.tax is not None]
    common = next((rate for rate in candidates(taxed) if gives(rate, taxed)), None)
    return [None if item.tax is None else common or effective(item) for item in items]


def candidates(taxed: Sequence[OrderItem]) -> Iterable[Decimal]:
    yield settings.STORE_TAX_RATE
    net = summed(item.total_price for item in taxed)
    if net:
        rate = summed(item.tax for item in taxed) / net
        for decimals in (2, 3, 4):
            yield round(rate, decimals)


def gives(rate: Decimal, taxed: Iterable[OrderItem]) -> bool:
    """Tell whether a rate gives the tax of each line, rounded per piece as when they were ordered."""
    return all(
        item.tax
        == item.quantity * round_to_minor_unit(item.unit_price * (1 + rate)) - item.total_price
        for item in taxed
    )


def effective(item: OrderItem) -> Decimal:
    net = item.total_price
    return round((item.tax or Decimal(0)) / net, 4) if net else Decimal(0)
