"""The signed-in shopper: registers, signs in, fills a cart, orders it and looks at the orders.

Everybody registers from this one address: serve the shop with THROTTLE_CREDENTIALS=100000/min.
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
        credentials = {"username": name, "password": PASSWORD}
        account = {**credentials, "email": f"{name}@example.com"}
        self.ask("POST", "/auth/users/", json=account, status=201, keys={"id", "username"})
        tokens = self.ask("POST", "/auth/jwt/create/", json=credentials, keys={"access", "refresh"})
        if not tokens:
            # Everything below would fail for this one reason.
            raise StopUser
        self.access = tokens["access"]

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
        self.ask(
            "POST",
            f"/store/carts/{cart['id']}/items/",
            name="/store/carts/[id]/items/",
            json={"product_id": choice(page["results"])["id"], "quantity": 1},
            status=201,
            keys={"id"},
        )
        order = {"cart_id": cart["id"]}
        key = {"Idempotency-Key": uuid4().hex}
        self.ask("POST", "/store/orders/", json=order, status=201, keys=ORDER, headers=key)

    @task(1)
    def view_orders(self) -> None:
        self.ask("GET", "/store/orders/", keys=ORDER)
