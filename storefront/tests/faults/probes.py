"""One request of every kind that the shop answers, and how each was answered."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from itertools import count
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from model_bakery import baker
from PIL import Image

from core.models import User
from store.models import Cart, CartItem, Product

from ..serving import Visitor

BOUNDARY = "a-boundary-of-parts"
PASSWORD = "a-Str0ng-one"
numbers = count()


class Probe(NamedTuple):
    name: str
    method: str
    path: str
    body: Any = None
    token: str = ""
    headers: dict[str, str] = {}


class Result(NamedTuple):
    # None: no response in time.
    status: int | None
    seconds: float
    body: bytes


class Visitors(NamedTuple):
    customer: User
    customer_token: str
    staff_token: str
    product: Product


def meet_visitors(address: str) -> Visitors:
    """Register and sign in a customer and somebody of the staff, as only the served shop can."""
    ann, sue = (join(address, name) for name in ("ann", "sue"))
    User.objects.filter(username="sue").update(is_staff=True, is_superuser=True)
    product = baker.make(Product, inventory=1000)
    return Visitors(User.objects.get(username="ann"), ann, sue, product)


def join(address: str, username: str) -> str:
    """Register somebody and return their access token."""
    visitor = Visitor(address)
    account = {"username": username, "password": PASSWORD}
    visitor.post("/auth/users/", {**account, "email": f"{username}@example.com"})
    return str(visitor.post("/auth/jwt/create/", account)["access"])


def probes(visitors: Visitors) -> Iterator[Probe]:
    """Return requests that change nothing for each other; writes get rows of their own every time."""
    customer, ann, sue, product = visitors
    number = next(numbers)
    cart, full_cart = Cart.objects.create(), Cart.objects.create()
    CartItem.objects.create(cart=full_cart, product=product, quantity=1)
    signing_in = {"username": "ann", "password": PASSWORD}
    newcomer = {
        "username": f"new-{number}",
        "email": f"new-{number}@example.com",
        "password": PASSWORD,
    }
    page = {"Accept": "text/html"}
    yield Probe("live", "GET", "/health/live/")
    yield Probe("ready", "GET", "/health/ready/")
    yield Probe("home page", "GET", "/", headers=page)
    yield Probe("admin's sign-in page", "GET", "/admin/login/", headers=page)
    yield Probe("products", "GET", "/store/products/")
    yield Probe("one product", "GET", f"/store/products/{product.pk}/")
    yield Probe("collections", "GET", "/store/collections/")
    yield Probe("register", "POST", "/auth/users/", newcomer)
    yield Probe("sign in", "POST", "/auth/jwt/create/", signing_in)
    yield Probe("me", "GET", "/auth/users/me/", token=ann)
    yield Probe("reset password", "POST", "/auth/users/reset_password/", {"email": customer.email})
    yield Probe("new cart", "POST", "/store/carts/", {})
    yield Probe(
        *("add to cart", "POST", f"/store/carts/{cart.pk}/items/"),
        {"product_id": product.pk, "quantity": 1},
    )
    yield Probe("read cart", "GET", f"/store/carts/{full_cart.pk}/")
    yield Probe("place order", "POST", "/store/orders/", {"cart_id": str(full_cart.pk)}, ann)
    yield Probe("own orders", "GET", "/store/orders/", token=ann)
    yield Probe("upload picture", "POST", f"/store/products/{product.pk}/images/", picture(), sue)
    yield Probe("report", "GET", "/store/reports/sales/", token=sue)
    yield Probe("history", "GET", f"/store/customers/{customer.customer.pk}/history/", token=sue)


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    head = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=image; filename=a.png\r\n"
        "Content-Type: image/png\r\n\r\n"
    )
    return head.encode() + file.getvalue() + f"\r\n--{BOUNDARY}--\r\n".encode()


def send(url: str, probe: Probe, *, seconds: float) -> Result:
    """Send a request over a connection of its own and wait so long for its response."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=seconds)
    headers = {"Content-Type": "application/json", **probe.headers}
    if probe.token:
        headers["Authorization"] = f"JWT {probe.token}"
    body = probe.body
    if isinstance(body, bytes):
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
    elif body is not None:
        body = json.dumps(body)
    start = monotonic()
    try:
        connection.request(probe.method, probe.path, body, headers)
        response = connection.getresponse()
        content = response.read()
        return Result(response.status, monotonic() - start, content)
    except (OSError, HTTPException):
        return Result(None, monotonic() - start, b"")
    finally:
        connection.close()
