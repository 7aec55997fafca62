from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from store.models import Customer, Order, OrderItem, OrderStatus, OrderStatusChange, Product
from store.money import round_to_minor_unit, tax_on
from store.services.order_status import COLUMNS

from .rows import insert, insert_all, own_dates

ORDERS = 2000
YEAR = timedelta(days=365)
# Prices went up once: an order older than this was placed at the price before.
PRICE_RISE = timedelta(days=200)


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
            **COLUMNS[status_of(random, now - moment)],
        )
        for moment in moments
    ]
    with own_dates(Order, "placed_at"):
        insert(orders, key="placed_at")
    insert_all(OrderItem, lines(random, orders, products, now))
    with own_dates(OrderStatusChange, "changed_at"):
        insert_all(OrderStatusChange, histories(orders, now))


def status_of(random: Random, age: timedelta) -> OrderStatus:
    """Draw a status: what was placed in the last days is mostly pending, what is older delivered."""
    if age < timedelta(days=5):
        weights = {OrderStatus.PENDING: 6, OrderStatus.PAID: 3, OrderStatus.SHIPPED: 1}
    else:
        weights = {
            OrderStatus.PENDING: 2,
            OrderStatus.DELIVERED: 84,
            OrderStatus.SHIPPED: 4,
            OrderStatus.REFUNDED: 2,
            OrderStatus.CANCELLED: 8,
        }
    return random.choices(list(weights), list(weights.values()))[0]


# What an order that came this far went through, with the days since it was placed.
PAID, SHIPPED = (OrderStatus.PAID, 0), (OrderStatus.SHIPPED, 1)
STEPS: dict[str, list[tuple[str, int]]] = {
    OrderStatus.PENDING: [],
    OrderStatus.CANCELLED: [(OrderStatus.CANCELLED, 1)],
    OrderStatus.PAID: [PAID],
    OrderStatus.SHIPPED: [PAID, SHIPPED],
    OrderStatus.DELIVERED: [PAID, SHIPPED, (OrderStatus.DELIVERED, 3)],
    OrderStatus.REFUNDED: [PAID, SHIPPED, (OrderStatus.REFUNDED, 4)],
}


def histories(orders: list[Order], now: datetime) -> Iterator[OrderStatusChange]:
    """Yield the steps of each order up to where it is now."""
    for order in orders:
        previous = None
        steps = [(OrderStatus.PENDING, 0), *STEPS[order.status]]
        for status, days in steps:
            yield OrderStatusChange(
                order=order,
                from_status=previous,
                to_status=status,
                changed_at=min(order.placed_at + timedelta(days=days), now),
            )
            previous = status


def lines(
    random: Random, orders: list[Order], products: list[Product], now: datetime
) -> Iterator[OrderItem]:
    for order in orders:
        wanted = random.choices((1, 2, 3, 4, 5), (40, 28, 17, 10, 5))[0]
        for product in random.sample(products, min(wanted, len(products))):
            price = price_at(product, now - order.placed_at)
            quantity = random.choices((1, 2, 3, 4, 6), (70, 18, 6, 4, 2))[0]
            yield OrderItem(
                order=order,
                product=product,
                title=product.title,
                quantity=quantity,
                unit_price=price,
                list_price=price,
                tax=quantity * tax_on(price),
            )


def price_at(product: Product, age: timedelta) -> Decimal:
    if age < PRICE_RISE:
        return product.unit_price
    return round_to_minor_unit(product.unit_price * Decimal("0.96"))
