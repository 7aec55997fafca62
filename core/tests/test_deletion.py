"""Who leaves is erased everywhere, the books stay whole, and an export tells all that is held."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.management import call_command
from django.utils import timezone
from model_bakery import baker
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from core.mails import VERIFICATION
from core.models.sign_ins import TriedNetwork
from core.services.accounts import delete_account
from core.services.exports import PARTS, export_account
from core.services.sign_ins import place_of
from outbox.models import Mail
from store.models import (
    Address,
    Cart,
    Customer,
    IdempotencyKey,
    Order,
    OrderItem,
    OrderStatusChange,
    Payment,
    PaymentEvent,
    Review,
)

from .conftest import PASSWORD

ME = "/auth/users/me/"
EXPORT = "/auth/users/me/export/"
User = get_user_model()
# In every text that is the person's.
MARK = "xanadu"
# Models that refer to a user or a customer and are not in the export, with the reason.
NOT_EXPORTED = {
    "store.Campaign.created_by": "what staff wrote to customers is the shop's",
    "store.CampaignRecipient.customer": "the mails that they got are in the export",
    "store.Review.answered_by": "an answer is in the export of the person whom it answers",
    "store.OrderStatusChange.changed_by": "a step of somebody's order is in their export",
}
# What the export of the shop holds, by the model that refers to a user or a customer.
IN_SHOP = {
    "store.Customer.user",
    "store.Address.customer",
    "store.MarketingConsent.customer",
    "store.Order.customer",
    "store.Review.user",
    "store.Cart.user",
    "store.IdempotencyKey.user",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(register: Callable, product: Any) -> Any:
    """Somebody of whom the shop holds all that it can hold."""
    ann = register(
        MARK,
        first_name=f"{MARK} first",
        last_name=f"{MARK} last",
        pending_email=f"new-{MARK}@example.com",
        is_staff=True,
    )
    Customer.objects.filter(user=ann).update(phone=f"{MARK} 555", birth_date="1990-02-28")
    customer = ann.customer
    address = {"street": f"{MARK} st", "city": f"{MARK} city", "zip": f"{MARK}"}
    baker.make(Address, customer=customer, **address)
    shipping = {f"shipping_{name}": value for name, value in address.items()}
    shipping["tracking_number"] = f"{MARK} parcel"
    for status in "PCF":
        order = baker.make(Order, customer=customer, payment_status=status, **shipping)
        baker.make(OrderItem, order=order, product=product, unit_price=10, tax=1, quantity=2)
        step = {"order": order, "to_status": order.status}
        baker.make(OrderStatusChange, changed_by=ann, reason=f"{MARK} typed", **step)
        note = {"order": order, "written_by": ann, "text": f"{MARK} grumbles"}
        baker.make("store.OrderNote", **note)
        baker.make("store.AddressChange", order=order, old_street=f"{MARK} earlier", street="x")
        baker.make("store.TrackingChange", order=order, old_tracking_number=f"{MARK} no")
        payment = baker.make(Payment, order=order, amount=22, checkout_url=f"https://{MARK}")
        baker.make(PaymentEvent, payment=payment, payload=f"{MARK} paid")
    answer = {"answer": f"Dear {MARK}", "answered_at": timezone.now()}
    written = {"name": f"{MARK} name", "description": "Good."}
    baker.make(Review, user=ann, product=product, **written, **answer)
    baker.make("likes.LikedItem", user=ann, content_object=product)
    baker.make("store.CartItem", cart=baker.make(Cart, user=ann), product=product, quantity=1)
    baker.make(IdempotencyKey, user=ann, order=order)
    for recipient in (ann.email, ann.pending_email):
        texts = {"text": f"{MARK} link", "last_error": f"{MARK} gone"}
        baker.make(Mail, recipient=recipient, subject=VERIFICATION.title, **texts)
    RefreshToken.for_user(ann)
    baker.make(TriedNetwork, account=place_of(MARK, "").account, signed_in_at=timezone.now())
    return ann


def dump() -> str:
    rows = [row for model in apps.get_models() for row in model._base_manager.all()]
    return serializers.serialize("json", rows)


class TestDeletion:
    def test_erases_the_person_everywhere(
        self, api_client: APIClient, ann: Any, admin_client: Any
    ) -> None:
        url = f"/admin/store/customer/{ann.customer.pk}/change/"
        assert admin_client.get(url).status_code == 200
        baker.make(
            "admin.LogEntry",
            object_repr=ann.username,
            object_id=str(ann.pk),
            content_type__app_label="core",
            content_type=apps.get_model("contenttypes.ContentType").objects.get_for_model(User),
            action_flag=2,
            change_message=f"{MARK} changed",
        )
        api_client.force_authenticate(ann)
        assert MARK in dump()

        response = api_client.delete(ME, {"current_password": PASSWORD}, format="json")

        assert (response.status_code, response.content) == (204, b"")
        held = dump()
        # The address of an order, and what the gateway told, until the law on books allows it.
        for kept in (
            f'"{MARK} st"',
            f'"{MARK} city"',
            f'"{MARK}"',
            f'"{MARK} paid"',
            f'"{MARK} parcel"',
        ):
            held = held.replace(kept, "")
        assert MARK not in held

        Order.objects.update(placed_at=timezone.now() - timedelta(days=3651))
        call_command("erase_old_addresses", verbosity=0)
        assert MARK not in dump()

    def test_leaves_the_books_as_they_were(self, ann: Any) -> None:
        paid = Order.objects.filter(payment_status="C")
        before = list(paid.with_total().values("id", "customer", "placed_at", "total_of_lines"))
        membership = ann.customer.membership

        delete_account(user=ann)

        after = list(paid.with_total().values("id", "customer", "placed_at", "total_of_lines"))
        assert after == before
        assert Order.objects.count() == OrderItem.objects.count() == Payment.objects.count() == 3
        customer = Customer.objects.get(pk=before[0]["customer"])
        assert (customer.membership, customer.phone, customer.birth_date) == (membership, "", None)
        successor = customer.user
        assert (successor.is_active, successor.has_usable_password()) == (False, False)

    def test_cancels_what_is_unpaid(self, ann: Any, product: Any) -> None:
        before = product.inventory

        delete_account(user=ann)

        product.refresh_from_db()
        assert product.inventory == before + 2
        assert Order.objects.filter(status="pending").count() == 0
        reasons = OrderStatusChange.objects.exclude(reason="").values_list("reason", flat=True)
        assert list(reasons) == ["The account was deleted."]

    def test_sends_no_mail_any_more(self, ann: Any, mailoutbox: list) -> None:
        delete_account(user=ann)
        assert not Mail.objects.due().exists()
        assert Mail.objects.count() == 3

    def test_ends_all_tokens(self, api_client: APIClient, ann: Any, tokens_of: Callable) -> None:
        tokens = tokens_of(MARK)
        delete_account(user=ann)
        assert (
            api_client.post("/auth/jwt/refresh/", {"refresh": tokens["refresh"]}).status_code == 401
        )
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens['access']}")
        assert api_client.get(ME).status_code == 401

    def test_frees_the_name_and_the_address(self, api_client: APIClient, ann: Any) -> None:
        body = {"username": ann.username, "email": ann.email, "password": PASSWORD}
        delete_account(user=ann)
        assert api_client.post("/auth/users/", body).status_code == 201

    def test_forgets_from_where_it_was_tried(self, ann: Any) -> None:
        delete_account(user=ann)
        assert not TriedNetwork.objects.exists()

    def test_again_finds_nothing(self, ann: Any) -> None:
        delete_account(user=ann)
        delete_account(user=ann)
        assert User.objects.count() == 1

    def test_leaves_others_alone(self, ann: Any, register: Callable, product: Any) -> None:
        bob = register("bob", first_name="Bob")
        order = baker.make(Order, customer=bob.customer, shipping_street="1 Main St")
        baker.make(Review, user=bob, product=product, name="Bob")
        baker.make(Mail, recipient=bob.email, text="Hello")
        Order.objects.update(placed_at=timezone.now() - timedelta(days=4000))

        delete_account(user=ann)
        call_command("erase_old_addresses", verbosity=0)

        order.refresh_from_db()
        assert (order.status, order.shipping_street) == ("pending", "1 Main St")
        assert Review.objects.filter(user=bob, name="Bob").exists()
        assert Mail.objects.get(recipient=bob.email).text == "Hello"

    def test_who_names_an_address_of_others_has_none_of_their_mails(
        self, register: Callable, settings: Any
    ) -> None:
        settings.ADMINS = [("Boss", "boss@example.com")]
        old = baker.make(Mail, subject="Order 5", recipient="old@example.com")
        strangers = [register(name, pending_email="new@example.com") for name in ("boss", "old")]
        sales = baker.make(Mail, subject="Sales", recipient="boss@example.com")
        new = baker.make(Mail, subject="Order 6", recipient="new@example.com")
        for stranger in strangers:
            assert export_account(user=stranger)["mails"] == []
            delete_account(user=stranger)
        due = Mail.objects.due().values_list("pk", "recipient")
        assert set(due) == {(mail.pk, mail.recipient) for mail in (old, sales, new)}

    def test_whose_address_is_confirmed_has_all_mails_there(self, register: Callable) -> None:
        baker.make(Mail, subject="Order 5", recipient="ann@example.com")
        ann = register(email_verified_at=timezone.now())
        assert [mail["subject"] for mail in export_account(user=ann)["mails"]] == ["Order 5"]


class TestExport:
    def test_holds_all_that_is_held(self, api_client: APIClient, ann: Any) -> None:
        api_client.force_authenticate(ann)
        response = api_client.get(EXPORT)
        assert response.status_code == 200
        assert response["Content-Disposition"] == 'attachment; filename="account.json"'
        held = response.json()
        assert held["account"]["username"] == MARK
        assert held["profile"] == {
            "phone": f"{MARK} 555",
            "birth_date": "1990-02-28",
            "membership": "B",
            "marketing_consent__given_at": None,
        }
        assert held["addresses"][0]["street"] == f"{MARK} st"
        assert len(held["orders"]) == 3
        [order] = [each for each in held["orders"] if each["status"] == "paid"]
        assert order["lines"][0] == {
            "title": None,
            "quantity": 2,
            "unit_price": 10,
            "list_price": None,
            "tax": 1,
            "promotion": None,
        }
        assert order["history"][0]["reason"] == f"{MARK} typed"
        assert order["payments"][0]["amount"] == 22
        assert order["notes"][0]["text"] == f"{MARK} grumbles"
        assert order["earlier_addresses"][0]["old_street"] == f"{MARK} earlier"
        assert order["earlier_tracking"][0]["old_tracking_number"] == f"{MARK} no"
        assert held["reviews"][0]["name"] == f"{MARK} name"
        assert held["reviews"][0]["answer"] == f"Dear {MARK}"
        assert held["cart"]["items"] == [{"product__title": "Lamp", "quantity": 1}]
        assert len(held["likes"]) == len(held["order_requests"]) == 1
        assert {mail["recipient"] for mail in held["mails"]} == {ann.email, ann.pending_email}
        assert len(held["sign_in_networks"]) == 1
        assert "password" not in response.text

    def test_names_every_model_that_refers_to_a_person(self) -> None:
        accessors = {accessor for _, (accessor, _) in PARTS.items()}
        for model in (User, Customer):
            for relation in model._meta.related_objects:
                field = f"{relation.related_model._meta.label}.{relation.field.name}"
                accessor = relation.get_accessor_name()
                assert field in IN_SHOP or field in NOT_EXPORTED or accessor in accessors, field

    def test_costs_the_same_for_many_orders(
        self, ann: Any, product: Any, django_assert_max_num_queries: Callable
    ) -> None:
        for _ in range(20):
            order = baker.make(Order, customer=ann.customer)
            baker.make(OrderItem, order=order, product=product, unit_price=10, quantity=1)
        with django_assert_max_num_queries(27):
            assert len(export_account(user=ann)["orders"]) == 23

    def test_needs_a_sign_in(self, api_client: APIClient) -> None:
        assert api_client.get(EXPORT).status_code == 401
