"""Somebody who walks through the shop at random and does what customers, staff and gateways do."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from rest_framework.test import APIClient

from store.gateways.development import SIGNATURE, encode, new_event
from store.gateways.signatures import sign
from store.models import Payment, Product
from store.services.payments import refund_payments

from .books import check_carts, check_orders, check_stock

T = TypeVar("T")

# Which of those there are, counted from the newest.
ANY = st.integers(0, 5)
QUANTITIES = st.integers(1, 3)
LINES = st.dictionaries(st.integers(0, 2), st.integers(1, 2), min_size=1)
KEYS = st.sampled_from([None, None, "first", "second", "third"])
TOTALS = st.sampled_from([None, None, None, 0, 30, 10_000])
MISSING, CONFLICT = 404, 409
# What staff may do next; a letter is a payment status.
NEXT = {
    "pending": ["C", "cancel"],
    "paid": ["ship", "cancel"],
    "shipped": ["deliver", "refund"],
    "delivered": ["refund"],
    "cancelled": ["P", "C"],
    "refunded": [],
}


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user=user)
    return client


def pick(things: Sequence[T], number: int) -> T:
    return things[-1 - number % len(things)]


class Shop(RuleBasedStateMachine):
    """Three products, two customers and a clerk, whose rows are there before."""

    # Of all walks: what was answered, and the orders that were placed.
    statuses: ClassVar[Counter[int]] = Counter()
    placed: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        # Each walk begins with the same rows.
        self.walk = transaction.atomic()
        self.walk.__enter__()
        self.products = list(Product.objects.order_by("pk"))
        *customers, clerk = get_user_model().objects.order_by("pk")
        self.customers = [client_of(user) for user in customers]
        self.clerk = client_of(clerk)
        self.start: dict[int, int] = {}
        self.carts: list[str] = []
        self.requests: list[tuple[int, Any, Any]] = []
        self.orders: list[int] = []
        self.totals: dict[int, Decimal] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.walk.__exit__(None, None, None)

    def ask(self, client: APIClient, method: str, path: str, *expected: int, **named: Any) -> Any:
        """Send a request that must be answered with one of these statuses; return the response."""
        response = getattr(client, method)(f"/store/{path}", format="json", **named)
        self.statuses[response.status_code] += 1
        assert response.status_code in expected, (method, path, response.status_code)
        return response

    @initialize(stock=st.tuples(*[st.integers(0, 20)] * 3), lines=LINES, customer=ANY)
    def open(self, stock: tuple[int, ...], lines: dict[int, int], customer: int) -> None:
        for product, pieces in zip(self.products, stock, strict=True):
            Product.objects.filter(pk=product.pk).update(inventory=pieces)
            self.start[product.pk] = pieces
        self.buy(lines, customer)

    @rule(lines=LINES, customer=ANY)
    def fill(self, lines: dict[int, int], customer: int) -> None:
        self.carts.append(self.ask(APIClient(), "post", "carts/", 201).data["id"])
        for product, quantity in lines.items():
            self.add(0, customer, product, quantity)

    @rule(lines=LINES, customer=ANY)
    def buy(self, lines: dict[int, int], customer: int) -> None:
        self.fill(lines, customer)
        self.order(0, customer, None, None)

    @rule(cart=ANY, customer=ANY, product=ANY, quantity=QUANTITIES)
    def add(self, cart: int, customer: int, product: int, quantity: int) -> None:
        body = {"product_id": pick(self.products, product).pk, "quantity": quantity}
        path = f"carts/{pick(self.carts, cart)}/items/"
        self.ask(pick(self.customers, customer), "post", path, 201, MISSING, data=body)

    @rule(cart=ANY, customer=ANY, quantity=st.integers(0, 4))
    def change(self, cart: int, customer: int, quantity: int) -> None:
        client, path = pick(self.customers, customer), f"carts/{pick(self.carts, cart)}/items/"
        items = self.ask(client, "get", path, 200, MISSING)
        for item in items.data[:1] if items.status_code == 200 else []:
            if quantity:
                body = {"quantity": quantity}
                self.ask(client, "patch", f"{path}{item['id']}/", 200, data=body)
            else:
                self.ask(client, "delete", f"{path}{item['id']}/", 204)

    @rule(cart=ANY, customer=ANY)
    def claim(self, cart: int, customer: int) -> None:
        path = f"carts/{pick(self.carts, cart)}/claim/"
        self.ask(pick(self.customers, customer), "post", path, 200, MISSING)

    @rule(cart=ANY, customer=ANY, key=KEYS, expected_total=TOTALS)
    def order(self, cart: int, customer: int, key: str | None, expected_total: int | None) -> None:
        body: dict[str, Any] = {"cart_id": pick(self.carts, cart)}
        if expected_total is not None:
            body["expected_total"] = expected_total
        self.requests.append((customer, body, {"Idempotency-Key": key} if key else {}))
        self.order_again(0)

    @rule(number=ANY)
    def order_again(self, number: int) -> None:
        customer, body, headers = pick(self.requests, number)
        client = pick(self.customers, customer)
        statuses = (200, 201, 400, CONFLICT, 422)
        response = self.ask(client, "post", "orders/", *statuses, data=body, headers=headers)
        if response.status_code not in (200, 201):
            return
        order, total = response.data["id"], Decimal(response.data["total"])
        is_new = response.status_code == 201 and "Idempotency-Replayed" not in response
        assert is_new == (order not in self.totals)
        if is_new:
            assert total <= body.get("expected_total", total)
            self.orders.append(order)
            self.totals[order] = total
            self.placed["orders"] += 1

    @precondition(lambda self: self.orders)
    @rule(order=ANY, status=st.sampled_from("PCCF"))
    def set_payment_status(self, order: int, status: str) -> None:
        path, body = f"orders/{pick(self.orders, order)}/", {"payment_status": status}
        self.ask(self.clerk, "patch", path, 200, CONFLICT, data=body)

    @precondition(lambda self: self.orders)
    @rule(order=ANY, step=st.sampled_from(["cancel", "ship", "deliver", "refund"]))
    def move(self, order: int, step: str) -> None:
        path = f"orders/{pick(self.orders, order)}/{step}/"
        self.ask(self.clerk, "post", path, 200, CONFLICT)

    @precondition(lambda self: self.orders)
    @rule(steps=st.lists(st.tuples(ANY, ANY), min_size=2, max_size=6))
    def advance(self, steps: list[tuple[int, int]]) -> None:
        """Take steps that are allowed; only the stock may refuse one."""
        for order, number in steps:
            path = f"orders/{pick(self.orders, order)}/"
            status = self.ask(self.clerk, "get", path, 200).data["status"]
            step = pick(NEXT[status], number) if NEXT[status] else ""
            if step in ("P", "C"):
                body = {"payment_status": step}
                self.ask(self.clerk, "patch", path, 200, CONFLICT, data=body)
            elif step:
                self.ask(self.clerk, "post", f"{path}{step}/", 200)

    @precondition(lambda self: self.orders)
    @rule(order=ANY, customer=ANY)
    def cancel(self, order: int, customer: int) -> None:
        path = f"orders/{pick(self.orders, order)}/cancel/"
        self.ask(pick(self.customers, customer), "post", path, 200, MISSING, CONFLICT)

    @precondition(lambda self: self.orders)
    @rule(order=ANY)
    def delete(self, order: int) -> None:
        pk = pick(self.orders, order)
        if self.ask(self.clerk, "delete", f"orders/{pk}/", 204, 405).status_code == 204:
            self.orders.remove(pk)
            del self.totals[pk]

    @precondition(lambda self: self.orders)
    @rule(order=ANY, kind=st.sampled_from(["succeeded", "succeeded", "failed", "refunded"]))
    def pay(self, order: int, kind: str) -> None:
        """Start a payment and let the gateway tell, twice, what became of it or of the one before."""
        pk = pick(self.orders, order)
        self.ask(self.clerk, "post", f"orders/{pk}/payments/", 201, CONFLICT)
        if payment := Payment.objects.filter(order=pk).first():
            body = encode(new_event(kind, str(payment.key), payment.amount))
            headers = {SIGNATURE: sign(body, settings.STORE_PAYMENT_WEBHOOK_SECRET)}
            for _ in range(2):
                response = APIClient().generic(
                    *("POST", "/store/payments/webhook/", body, "application/json"),
                    headers=headers,
                )
                assert response.status_code == 200

    @rule()
    def refund(self) -> None:
        refund_payments()

    @rule(product=ANY, pieces=st.integers(1, 9))
    def restock(self, product: int, pieces: int) -> None:
        pk = pick(self.products, product).pk
        stock = self.ask(self.clerk, "get", f"products/{pk}/", 200).data["inventory"]
        body = {"inventory": stock + pieces}
        self.ask(self.clerk, "patch", f"products/{pk}/", 200, data=body)
        self.start[pk] += pieces

    @rule(product=ANY, cents=st.integers(100, 2000))
    def price(self, product: int, cents: int) -> None:
        path = f"products/{pick(self.products, product).pk}/"
        self.ask(self.clerk, "patch", path, 200, data={"unit_price": str(Decimal(cents) / 100)})

    @invariant()
    def every_piece_is_in_stock_or_held(self) -> None:
        if self.start:
            check_stock(self.start)

    @invariant()
    def every_order_is_whole(self) -> None:
        check_orders(self.totals)

    @invariant()
    def no_ordered_cart_is_left(self) -> None:
        check_carts()
