"""What a shopper does, request by request; each raises Refused where it goes wrong."""

import random

from .clients import Client, Shopper

ADDRESS = {
    "country": "/api/countries/NL/",
    "first_name": "Mina",
    "last_name": "Example",
    "line1": "Mill Lane 1",
    "line4": "Millhaven",
    "postcode": "1234 AB",
}


def fill_cart(client: Client, shopper: Shopper) -> None:
    """Create a cart, add a product, read the cart."""
    cart = f"/store/carts/{client.post('/store/carts/', {})['id']}/"
    client.post(f"{cart}items/", {"product_id": random.choice(shopper.products), "quantity": 1})
    client.get(cart)


def check_out(client: Client, shopper: Shopper) -> None:
    """Create a cart, add two products, place the order."""
    cart_id = client.post("/store/carts/", {})["id"]
    for product_id in random.sample(shopper.products, 2):
        item = {"product_id": product_id, "quantity": 1}
        client.post(f"/store/carts/{cart_id}/items/", item)
    client.post("/store/orders/", {"cart_id": cart_id})


def check_out_of_oscar(client: Client, shopper: Shopper) -> None:
    """Add two products to a new visitor's basket, place the order."""
    client.cookies.clear()
    for product_id in random.sample(shopper.products, 2):
        item = {"url": f"/api/products/{product_id}/", "quantity": 1}
        basket = client.post("/api/basket/add-product/", item)
    client.post(
        "/api/checkout/",
        {
            "basket": basket["url"],
            "guest_email": "mina@example.com",
            "shipping_address": ADDRESS,
        },
    )


def sign_in(client: Client, shopper: Shopper) -> None:
    token(client, shopper)


def token(client: Client, shopper: Shopper) -> str:
    names = {"username": shopper.username, "password": shopper.password}
    access: str = client.post("/auth/jwt/create/", names)["access"]
    return access
