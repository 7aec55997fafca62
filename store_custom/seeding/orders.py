from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from store.models import Customer, Order, OrderItem, Product

from .rows import insert, insert_all, own_dates

ORDERS = 2000
YEAR = timedelta(days=365)
# Prices went up once: an order older than this was placed at the price before.
PRICE_RISE = timedelta(days=200)
CENT = Decimal("0.01")


def insert_orders(*, customers: list[Customer], products: list[Product], now: datetime) -> None:
    """Insert the orders of the last year, the oldest first; the stock is what they left."""
    random = Random("orders")
    moments = sorted(now - YEAR * random.random() for _ in range(ORDERS))
    # A few customers order often, most of them now and then.
    weights = [1 / (rank + 3) for rank in range(len(customers))]
    orders = [
        Order(
            placed_at=moment,
            customer=random.choices(customers, weights)[0],
            payment_status=status_of(random, now - moment),
        )
        for moment in moments
    ]
    with own_dates(Order, "placed_at"):
        insert(orders, key="placed_at")
    insert_all(OrderItem, lines(random, orders, products, now))


def status_of(random: Random, age: timedelta) -> str:
    """Draw a payment status: what was placed in the last days is mostly still pending."""
    weights = (6, 4, 0) if age < timedelta(days=5) else (2, 90, 8)
    return random.choices(
        (
            Order.PAYMENT_STATUS_PENDING,
            Order.PAYMENT_STATUS_COMPLETE,
            Order.PAYMENT_STATUS_FAILED,
        ),
        weights,
    )[0]


def lines(
    random: Random, orders: list[Order], products: list[Product], now: datetime
) -> Iterator[OrderItem]:
    for order in orders:
        wanted = random.choices((1, 2, 3, 4, 5), (40, 28, 17, 10, 5))[0]
        for product in random.sample(products, min(wanted, len(products))):
            yield OrderItem(
                order=order,
                product=product,
                title=product.title,
                quantity=random.choices((1, 2, 3, 4, 6), (70, 18, 6, 4, 2))[0],
                unit_price=price_at(product, now - order.placed_at),
            )


def price_at(product: Product, age: timedelta) -> Decimal:
    if age < PRICE_RISE:
        return product.unit_price
    return (product.unit_price * Decimal("0.96")).quantize(CENT, ROUND_HALF_UP)
