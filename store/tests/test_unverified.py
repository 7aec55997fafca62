"""With REQUIRE_VERIFIED_EMAIL an account places no order, and gets no mail, before its address is confirmed."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from outbox.models import Mail
from store.models import Cart, Customer, Order
from store.services.orders import write_order
from store.tests.bakers import let_all_agree

pytestmark = pytest.mark.django_db

ORDERS = "/store/orders/"
USERS = "/auth/users/"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.REQUIRE_VERIFIED_EMAIL = True


@pytest.fixture
def cart(product):
    cart = Cart.objects.create()
    cart.items.create(product=product, quantity=1)
    return cart


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
def test_an_order_waits_for_the_address(api_client, sign_in, cart, product, headers):
    user = sign_in()
    body = {"cart_id": str(cart.pk)}
    response = api_client.post(ORDERS, body, format="json", headers=headers)
    assert response.status_code == 409
    assert response.json() == {
        "detail": "Confirm your e-mail address first; the shop has mailed you a link.",
        "code": "email_unverified",
    }
    product.refresh_from_db()
    assert (product.inventory, cart.items.count(), Order.objects.count()) == (10, 1, 0)

    get_user_model().objects.filter(pk=user.pk).update(email_verified_at=timezone.now())
    assert api_client.post(ORDERS, body, format="json", headers=headers).status_code == 201


def test_nothing_but_the_link_is_mailed(api_client, sign_in, product):
    api_client.post(
        USERS, {"username": "bob", "password": "a-Str0ng-one", "email": "bob@example.com"}
    )
    bob = get_user_model().objects.get()
    api_client.post(f"{USERS}reset_password/", {"email": bob.email})
    api_client.force_authenticate(bob)
    passwords = {"current_password": "a-Str0ng-one", "new_password": "an0ther-Str0ng-one"}
    assert api_client.post(f"{USERS}set_password/", passwords).status_code == 204
    write_order(order=Order(customer=bob.customer), quantities={product.pk: 1})
    let_all_agree()
    assert not Customer.objects.reachable().exists()
    api_client.post(f"{USERS}resend_verification/", {"email": bob.email})

    subjects = set(Mail.objects.values_list("subject", flat=True))

    assert subjects == {"Confirm your e-mail address for Storefront"}
    assert Mail.objects.count() == 2
