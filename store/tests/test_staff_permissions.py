"""Staff over the API where STAFF_NEEDS_PERMISSIONS is on, as it is everywhere but in the tests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from model_bakery import baker
from rest_framework.test import APIClient

from store.models import Order, Product, Review
from storefront.permissions import holds
from storefront.tests.routes import PRODUCT

from .picture_files import encoded

pytestmark = pytest.mark.django_db

PRODUCTS = "/store/products/"
ORDERS = "/store/orders/"


@pytest.fixture(autouse=True)
def _permissions_needed(settings: Any) -> None:
    settings.STAFF_NEEDS_PERMISSIONS = True


@pytest.fixture
def clerk_with(api_client: APIClient, register: Callable[..., Any]) -> Callable[..., Any]:
    """Sign the client in as a member of staff with exactly these permissions."""

    def clerk_with(*codenames: str, is_staff: bool = True) -> Any:
        clerk = register("clerk", is_staff=is_staff)
        clerk.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        api_client.force_authenticate(clerk)
        return clerk

    return clerk_with


@pytest.fixture
def order(register: Callable[..., Any]) -> Order:
    """Somebody's unpaid order of two pieces; eight are left."""
    product = baker.make(Product, title="Lamp", unit_price=10, inventory=8)
    order = baker.make(Order, customer=register("zoe").customer)
    order.items.create(product=product, title="Lamp", quantity=2, unit_price=10)
    return order


def state_of(order: Order) -> tuple[str | None, int]:
    found = Order.objects.filter(pk=order.pk).first()
    return found and found.payment_status, Product.objects.get().inventory


class TestHolds:
    def test_staff_hold_what_was_given_to_them(self, clerk_with: Callable) -> None:
        clerk = clerk_with("change_product")
        assert holds(clerk, "store.change_product")
        assert not holds(clerk, "store.add_product")

    def test_a_permission_makes_nobody_staff(self, clerk_with: Callable) -> None:
        assert not holds(clerk_with("change_product", is_staff=False), "store.change_product")

    def test_superusers_hold_all(self, register: Callable) -> None:
        assert holds(register("root", is_staff=True, is_superuser=True), "store.change_product")

    @pytest.mark.parametrize("user", [{}, None, get_user_model()(is_staff=True)], ids=str)
    def test_who_has_no_row_holds_nothing(self, user: Any) -> None:
        assert not holds(user, "store.change_product")

    @override_settings(STAFF_NEEDS_PERMISSIONS=False)
    def test_all_staff_hold_all_where_it_is_off(self, subtests: pytest.Subtests) -> None:
        assert holds(get_user_model()(is_staff=True), "store.change_product")
        for user in ({}, get_user_model()()):
            assert not holds(user, "store.change_product")


class TestCatalog:
    @pytest.mark.parametrize(
        ("method", "needed"), [("put", "change"), ("patch", "change"), ("delete", "delete")]
    )
    def test_each_write_needs_its_own_permission(
        self, api_client: APIClient, clerk_with: Callable, method: str, needed: str
    ) -> None:
        product = baker.make(Product, title="Lamp", unit_price=10)
        others = {"view", "add", "change", "delete"} - {needed}
        clerk = clerk_with(*(f"{verb}_product" for verb in others))
        body = PRODUCT | {"title": "Chair", "collection": product.collection_id}
        call = getattr(api_client, method)
        assert call(f"{PRODUCTS}{product.pk}/", body, format="json").status_code == 403
        assert Product.objects.get().title == "Lamp"

        clerk.user_permissions.set(Permission.objects.filter(codename=f"{needed}_product"))
        api_client.force_authenticate(get_user_model().objects.get(pk=clerk.pk))
        assert call(f"{PRODUCTS}{product.pk}/", body, format="json").status_code in (200, 204)
        assert not Product.objects.filter(title="Lamp").exists()

    def test_a_picture_needs_the_permission_of_pictures(
        self, api_client: APIClient, clerk_with: Callable
    ) -> None:
        images = f"{PRODUCTS}{baker.make(Product).pk}/images/"
        clerk_with("add_product", "change_product")
        file = SimpleUploadedFile("x.png", encoded("PNG"), "image/png")
        assert api_client.post(images, {"image": file}).status_code == 403
        assert api_client.get(images).json() == []

    def test_a_clerk_reads_what_everybody_reads(
        self, api_client: APIClient, clerk_with: Callable
    ) -> None:
        product = baker.make(Product, title="Lamp")
        visitors = api_client.get(PRODUCTS).json()
        clerk_with()
        assert api_client.get(PRODUCTS).json() == visitors
        assert api_client.post(
            f"{PRODUCTS}{product.pk}/reviews/", {"name": "A", "description": "B"}
        )
        assert Review.objects.get().user.username == "clerk"


class TestReviews:
    @pytest.mark.parametrize(("method", "needed"), [("patch", "change"), ("delete", "delete")])
    def test_anothers_needs_the_permission(
        self, api_client: APIClient, clerk_with: Callable, method: str, needed: str
    ) -> None:
        review = baker.make(Review, name="Ann")
        url = f"{PRODUCTS}{review.product_id}/reviews/{review.pk}/"
        clerk = clerk_with("delete_review" if needed == "change" else "change_review")
        assert getattr(api_client, method)(url, {"name": "x"}, format="json").status_code == 403
        assert Review.objects.get().name == "Ann"
        clerk.user_permissions.set(Permission.objects.filter(codename=f"{needed}_review"))
        api_client.force_authenticate(get_user_model().objects.get(pk=clerk.pk))
        response = getattr(api_client, method)(url, {"name": "x"}, format="json")
        assert response.status_code in (200, 204)


class TestOrders:
    def test_a_clerk_without_it_sees_their_own(
        self, api_client: APIClient, clerk_with: Callable, order: Order
    ) -> None:
        own = baker.make(Order, customer=clerk_with("change_order").customer)
        assert [each["id"] for each in api_client.get(ORDERS).json()] == [own.pk]
        for path in ("", "changes/", "payments/"):
            assert api_client.get(f"{ORDERS}{order.pk}/{path}").status_code == 404

    def test_view_order_shows_all_and_changes_nothing(
        self, api_client: APIClient, clerk_with: Callable, order: Order
    ) -> None:
        clerk_with("view_order")
        url = f"{ORDERS}{order.pk}/"
        assert [each["id"] for each in api_client.get(ORDERS).json()] == [order.pk]
        assert api_client.get(f"{url}changes/").status_code == 200
        refused = [
            *(api_client.patch(url, {"payment_status": to}, format="json") for to in "CPF"),
            *(api_client.post(f"{url}{step}/") for step in ("cancel", "ship", "deliver", "refund")),
            api_client.delete(url),
        ]
        assert {response.status_code for response in refused} == {403}
        assert state_of(order) == ("P", 8)

    def test_payments_need_view_payment(
        self, api_client: APIClient, clerk_with: Callable, order: Order
    ) -> None:
        clerk_with("view_payment")
        payments = f"{ORDERS}{order.pk}/payments/"
        assert api_client.get(payments).json() == []
        assert api_client.post(payments).status_code == 404

    def test_change_order_moves_and_does_not_cancel(
        self, api_client: APIClient, clerk_with: Callable, order: Order
    ) -> None:
        clerk_with("change_order", "delete_order")
        url = f"{ORDERS}{order.pk}/"
        refused = [
            api_client.patch(url, {"payment_status": "F"}, format="json"),
            api_client.post(f"{url}cancel/"),
            api_client.delete(url),
        ]
        assert {response.status_code for response in refused} == {403}
        assert state_of(order) == ("P", 8)

        paid = api_client.patch(url, {"payment_status": "C"}, format="json")
        assert (paid.status_code, paid.json()) == (200, {"payment_status": "C"})
        assert api_client.post(f"{url}ship/").json()["status"] == "shipped"

    @pytest.mark.parametrize("method", ["patch", "post", "delete"])
    def test_cancel_order_cancels_by_every_door(
        self, api_client: APIClient, clerk_with: Callable, order: Order, method: str
    ) -> None:
        clerk_with("cancel_order", *(["delete_order"] if method == "delete" else []))
        url = f"{ORDERS}{order.pk}/{'cancel/' if method == 'post' else ''}"
        body = {"payment_status": "F"} if method == "patch" else None
        assert getattr(api_client, method)(url, body, format="json").status_code in (200, 204)
        assert state_of(order) == (None if method == "delete" else "F", 10)

    def test_cancel_order_moves_nothing_else(
        self, api_client: APIClient, clerk_with: Callable, order: Order
    ) -> None:
        clerk_with("cancel_order")
        url = f"{ORDERS}{order.pk}/"
        refused = [
            *(api_client.patch(url, {"payment_status": to}, format="json") for to in "CP"),
            api_client.post(f"{url}ship/"),
            api_client.delete(url),
        ]
        assert {response.status_code for response in refused} == {403}
        assert state_of(order) == ("P", 8)

    def test_a_clerk_cancels_their_own_as_customers_do(
        self, api_client: APIClient, clerk_with: Callable, order: Order
    ) -> None:
        Order.objects.update(customer=clerk_with().customer)
        assert api_client.post(f"{ORDERS}{order.pk}/cancel/").status_code == 200
        assert state_of(order) == ("F", 10)


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("/store/customers/", "view_customer"),
        ("/store/reports/", "view_order"),
        ("/store/reports/sales/", "view_order"),
        ("/store/reports/low_stock/", "view_order"),
    ],
)
def test_reading_needs_the_permission(
    api_client: APIClient, clerk_with: Callable, path: str, needed: str
) -> None:
    clerk = clerk_with("change_customer", "change_order")
    assert api_client.get(path).status_code == 403
    clerk.user_permissions.set(Permission.objects.filter(codename=needed))
    api_client.force_authenticate(get_user_model().objects.get(pk=clerk.pk))
    assert api_client.get(path).status_code == 200


def test_users_are_listed_with_view_user(api_client: APIClient, clerk_with: Callable) -> None:
    baker.make(get_user_model(), _quantity=2)
    clerk = clerk_with("change_user")
    assert [each["username"] for each in api_client.get("/auth/users/").json()] == ["clerk"]
    clerk.user_permissions.set(Permission.objects.filter(codename="view_user"))
    api_client.force_authenticate(get_user_model().objects.get(pk=clerk.pk))
    assert len(api_client.get("/auth/users/").json()) == 3


@pytest.mark.parametrize("user", [{}, get_user_model()(is_staff=True)], ids=str)
def test_who_has_no_row_is_refused(api_client: APIClient, user: Any) -> None:
    api_client.force_authenticate(user)
    for path in ("/store/customers/", "/store/reports/sales/"):
        assert api_client.get(path).status_code == 403
    assert api_client.post("/store/collections/", {"title": "x"}).status_code == 403
