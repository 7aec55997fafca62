"""The signed-in shopper: registers, signs in, fills a cart, orders it, looks at the orders and signs out.

Everybody registers from this one address: serve production with THROTTLE_CREDENTIALS=100000/min; development
allows 1000 a minute.
"""

from random import choice, randint
from uuid import uuid4

from locust import task
from locust.exception import StopUser
from visitors import Visitor

PASSWORD = "a-L0ng-way-Round"
ORDER = {"id", "placed_at", "payment_status", "status", "items", "total"}


class Shopper(Visitor):
    weight = 1

    def on_start(self) -> None:
        name = f"shopper-{uuid4().hex[:16]}"
        self.credentials = {"username": name, "password": PASSWORD}
        account = {**self.credentials, "email": f"{name}@example.com"}
        if not self.ask("POST", "/auth/users/", json=account, status=201, keys={"id", "username"}):
            # Everything below would fail for this one reason.
            raise StopUser
        self.sign_in()

    def on_stop(self) -> None:
        self.sign_out()

    def sign_in(self) -> None:
        path = "/auth/jwt/create/"
        tokens = self.ask("POST", path, json=self.credentials, keys={"access", "refresh"})
        if not tokens:
            raise StopUser
        self.access, self.refresh = tokens["access"], tokens["refresh"]

    def sign_out(self) -> None:
        if self.access:
            # First: who is stopped while the shop answers signs out no second time.
            self.access = None
            self.ask("POST", "/auth/jwt/blacklist/", json={"refresh": self.refresh})

    @task(2)
    def order(self) -> None:
        page = self.ask(
            "GET",
            f"/store/products/?in_stock=true&page={randint(1, 10)}",
            name="/store/products/?in_stock=true&page=",
            keys={"results"},
        )
        cart = self.ask("POST", "/store/carts/", json={}, status=201, keys={"id"})
        if not page or not cart:
            return
        item = self.ask(
            "POST",
            f"/store/carts/{cart['id']}/items/",
            name="/store/carts/[id]/items/",
            json={"product_id": choice(page["results"])["id"], "quantity": 1},
            status=201,
            keys={"id"},
        )
        if not item:
            return
        order = {"cart_id": cart["id"]}
        key = {"Idempotency-Key": uuid4().hex}
        self.ask("POST", "/store/orders/", json=order, status=201, keys=ORDER, headers=key)

    @task(1)
    def come_back(self) -> None:
        self.sign_out()
        self.sign_in()

    @task(1)
    def view_orders(self) -> None:
        self.ask("GET", "/store/orders/", keys=ORDER)
