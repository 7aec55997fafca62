"""What hot requests cost, in queries and in calls of functions: no clock, so no noise."""

import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from model_bakery import baker

from core.models import UserSession
from core.tokens import SessionRefreshToken
from store.models import Cart, CartItem, Collection, Product, ProductImage, Promotion
from store.services.orders import place_order

pytestmark = [
    pytest.mark.once,
    pytest.mark.cache,
    pytest.mark.django_db,
    pytest.mark.skipif(
        sys.version_info[:2] != (3, 11), reason="the calls were counted on Python 3.11"
    ),
]
# Beyond this a change has made a request dearer, or cheaper, and says so by changing the figure here.
TOLERANCE = 0.10
CACHED, UNCACHED, SIGNED_IN = "cached", "uncached", "signed in"


class Cost(NamedTuple):
    queries: int
    calls: int


# A cart reads the pictures of all its lines in one query.
COSTS = {
    ("products/", CACHED): Cost(1, 715),
    ("products/", UNCACHED): Cost(6, 5157),
    ("products/", SIGNED_IN): Cost(8, 6002),
    ("products/{product}/", CACHED): Cost(1, 715),
    ("products/{product}/", UNCACHED): Cost(5, 3716),
    ("collections/", CACHED): Cost(1, 715),
    ("carts/{cart}/", UNCACHED): Cost(4, 5553),
    ("carts/{cart}/", SIGNED_IN): Cost(6, 6752),
}

# Without the request around it, and up to the commit.
ORDER = Cost(21, 6129)
# While unpaid orders expire and are counted under the lock of their customer.
EXPIRING_ORDER = Cost(23, 6129)


@pytest.fixture
def shop(db: None) -> dict[str, Any]:
    """Ten products with pictures, a promotion of some, and a cart of two of them."""
    collection = baker.make(Collection, title="Kitchen")
    make = {"slug": "cup", "unit_price": 12, "inventory": 5, "collection": collection}
    products = [Product.objects.create(title=f"Cup {number}", **make) for number in range(10)]
    for product in products:
        ProductImage.objects.create(
            product=product,
            image=f"store/images/{product.pk}.png",
            sizes="160x120a 320x240a 640x480a 1280x960",
        )
    promotion = Promotion.objects.create(
        description="Sale", discount=0.2, starts_at="2020-01-01T00:00Z"
    )
    promotion.products.set(products[:3])
    cart = Cart.objects.create()
    for product in products[:2]:
        CartItem.objects.create(cart=cart, product=product, quantity=2)
    return {"product": products[0].pk, "cart": cart.pk}


@pytest.fixture
def token(db: None) -> str:
    user = get_user_model().objects.create(username="ann", email="ann@example.com")
    session = UserSession.objects.create(user=user, expires_at=timezone.now())
    return str(SessionRefreshToken.of(session, user).access_token)


@pytest.fixture
def ask(lasting_connection: None) -> Callable[..., None]:
    """Send a request to the shop as a WSGI server does, on a connection that stays."""
    application = WSGIHandler()

    def ask(path: str, token: str = "") -> None:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "HTTP_ACCEPT": "application/json",
            "wsgi.input": BytesIO(),
            "wsgi.url_scheme": "http",
        }
        if token:
            environ["HTTP_AUTHORIZATION"] = f"JWT {token}"
        statuses: list[str] = []
        response = application(environ, lambda status, headers: statuses.append(status))
        assert b"".join(response)
        if hasattr(response, "close"):
            response.close()
        assert statuses == ["200 OK"]

    return ask


def calls_of(act: Callable[[], Any]) -> int:
    """Count the functions, of Python and of C, that are called."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(("path", "how"), COSTS)
def test_a_hot_request_costs_what_was_recorded(
    ask: Callable[..., None], shop: dict[str, Any], token: str, settings: Any, path: str, how: str
) -> None:
    settings.STORE_CATALOG_MEMORY = 16 if how == CACHED else 0
    arguments = (f"/store/{path.format(**shop)}", token if how == SIGNED_IN else "")
    # What is found once by the process is found before.
    for _ in range(3):
        ask(*arguments)

    with CaptureQueriesContext(connection) as queries:
        ask(*arguments)
    recorded = COSTS[path, how]
    assert len(queries) == recorded.queries

    calls = calls_of(lambda: ask(*arguments))
    assert calls == pytest.approx(recorded.calls, rel=TOLERANCE)


@pytest.mark.parametrize(("minutes", "recorded"), [(0, ORDER), (1440, EXPIRING_ORDER)])
def test_an_order_costs_what_was_recorded(
    shop: dict[str, Any], token: str, settings: Any, minutes: int, recorded: Cost
) -> None:
    settings.STORE_PAYMENT_TIMEOUT = minutes
    user_id = get_user_model().objects.get().pk

    def order() -> Callable[[], Any]:
        """Fill a cart, and return what places the order."""
        cart = Cart.objects.create()
        for product in Product.objects.order_by("pk")[:2]:
            CartItem.objects.create(cart=cart, product=product, quantity=1)
        return lambda: place_order(cart_id=cart.pk, user_id=user_id)

    for _ in range(2):
        order()()
    place = order()
    with CaptureQueriesContext(connection) as queries:
        place()
    assert len(queries) == recorded.queries
    assert calls_of(order()) == pytest.approx(recorded.calls, rel=TOLERANCE)
