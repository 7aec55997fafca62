import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from model_bakery import baker
from rest_framework_simplejwt.tokens import RefreshToken

from core.links import RESET_PASSWORD, RESET_USERNAME, VERIFY_EMAIL
from store.models import Collection, Customer, Product
from store.services.invoices import issue_invoice

from .fork_server import Result, run

SETTINGS = Path(settings.BASE_DIR, "storefront", "settings")
PRODUCTION = {
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "shop.example.com",
    "DATABASE_URL": "postgres://shop@db/shop",
    "EMAIL_HOST": "mail.example.com",
}
Start = Callable[..., Result]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Import the settings where no .env file of a developer lies about."""
    shutil.copytree(SETTINGS, tmp_path / "storefront" / "settings")

    def start(name: str, show: str = "None", **variables: str) -> Result:
        code = f"import json; from storefront.settings.{name} import *; print(json.dumps({show}))"
        return run("-c", code, folder=tmp_path, **variables)

    return start


@pytest.fixture
def lasting_connection() -> Iterator[None]:
    """Let no request close the connection of the test, whose transaction would be gone."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def product(db: None) -> Product:
    return baker.make(
        Product,
        title="Teapot",
        slug="teapot",
        unit_price=10,
        inventory=5,
        description="Blue\nand round",
    )


@pytest.fixture
def customer(django_user_model: Any) -> Customer:
    user = django_user_model.objects.create_user("ann", "ann@example.com", first_name="Ann")
    return user.customer


@pytest.fixture
def world(register: Callable[..., Any]) -> dict[str, Any]:
    """Save one row of everything, as the name in ROUTES -> the id; `ann` may do all."""
    product = baker.make("store.Product", title="Lamp", unit_price=10, inventory=100)
    Collection.objects.update(featured_product=product)
    baker.make("store.Promotion", starts_at=timezone.now() - timedelta(days=1))
    ann = register(is_staff=True, is_superuser=True)
    bare = register("bare")
    bare.customer.delete()
    baker.make("store.ImportRun", kind="stock")
    cart = baker.make("store.Cart")
    baker.make("store.Cart", user=ann)
    orders = {
        "order": baker.make("store.Order", customer=ann.customer),
        "paid_order": baker.make("store.Order", customer=ann.customer, payment_status="C"),
        "shipped_order": baker.make(
            "store.Order", customer=ann.customer, payment_status="C", stage="shipped"
        ),
    }
    orders["invoiced_order"] = baker.make("store.Order", customer=ann.customer)
    for order in orders.values():
        baker.make("store.OrderItem", order=order, product=product, unit_price=10, quantity=1)
    baker.make("store.OrderStatusChange", order=orders["order"], to_status="pending")
    payment = baker.make("store.Payment", order=orders["order"], gateway="development", amount=10)
    issue_invoice(order=orders["invoiced_order"])
    tag = baker.make("tags.Tag", label="sale")
    item_of_product = {"content_object": product}
    return {
        "user": ann.pk,
        "bare_user": bare.pk,
        "uid": urlsafe_base64_encode(str(ann.pk).encode()),
        "reset_token": RESET_PASSWORD.make_token(ann),
        "rename_token": RESET_USERNAME.make_token(ann),
        "verify_token": VERIFY_EMAIL.make_token(ann),
        "refresh": str(RefreshToken.for_user(ann)),
        "session": baker.make(
            "core.UserSession",
            user=ann,
            auth_hash=ann.get_session_auth_hash(),
            expires_at=timezone.now() + timedelta(days=1),
        ).pk,
        "product": product.pk,
        "collection": product.collection_id,
        "review": baker.make("store.Review", product=product).pk,
        "image": baker.make("store.ProductImage", product=product, image="store/images/x.png").pk,
        "cart": str(cart.pk),
        "item": baker.make("store.CartItem", cart=cart, product=product, quantity=1).pk,
        "customer": ann.customer.pk,
        "address": baker.make("store.Address", customer=ann.customer).pk,
        **{name: order.pk for name, order in orders.items()},
        "payment": payment.pk,
        "tag": tag.pk,
        "tagged": baker.make("tags.TaggedItem", tag=tag, **item_of_product).pk,
        "like": baker.make("likes.LikedItem", user=ann, **item_of_product).pk,
    }


@pytest.fixture
def database_away(transactional_db: None) -> Iterator[None]:
    """Point the connection at a place where no server answers."""
    connection.close()
    nowhere = {"NAME": "/nowhere/db.sqlite3", "HOST": "127.0.0.1", "PORT": "1"}
    with pytest.MonkeyPatch.context() as patch:
        for name in ["NAME"] if connection.vendor == "sqlite" else ["HOST", "PORT"]:
            patch.setitem(connection.settings_dict, name, nowhere[name])
        yield
