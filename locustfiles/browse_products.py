"""The anonymous browser: looks at collections and products and sometimes takes one along."""

from random import choice, randint

from locust import task
from visitors import Visitor

PRODUCT = {"id", "title", "unit_price", "price_with_tax", "inventory", "images"}


class AnonymousBrowser(Visitor):
    # Where shopper.py is loaded too, few of many visitors buy.
    weight = 19

    def on_start(self) -> None:
        collections = self.ask("GET", "/store/collections/", keys={"id", "title"}) or []
        self.collections = [collection["id"] for collection in collections]
        self.products: list[int] = []
        self.view_collection()
        cart = self.ask("POST", "/store/carts/", json={}, status=201, keys={"id", "items"})
        self.cart_id = cart["id"] if cart else None

    @task(2)
    def view_collection(self) -> None:
        if not self.collections:
            return
        page = self.ask(
            "GET",
            f"/store/products/?collection_id={choice(self.collections)}",
            name="/store/products/?collection_id=",
            keys={"count", "results"},
        )
        if page and page["results"]:
            self.products = [product["id"] for product in page["results"]]

    @task(4)
    def view_product(self) -> None:
        if self.products:
            path = f"/store/products/{choice(self.products)}/"
            self.ask("GET", path, name="/store/products/[id]/", keys=PRODUCT)

    @task(1)
    def add_to_cart(self) -> None:
        if self.products and self.cart_id:
            self.ask(
                "POST",
                f"/store/carts/{self.cart_id}/items/",
                name="/store/carts/[id]/items/",
                json={"product_id": choice(self.products), "quantity": randint(1, 3)},
                status=201,
                keys={"id", "product_id", "quantity"},
            )
