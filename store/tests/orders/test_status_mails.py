"""The mail that tells a customer of each step in the life of their order."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from outbox.models import Mail
from store.models import OrderStatusChange, Product

from .conftest import ORDERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def api_client(committing_client):
    return committing_client


@pytest.fixture
def ann(django_user_model):
    return django_user_model.objects.create_user(
        username="ann",
        email="ann@example.com",
        first_name="Ann",
        email_verified_at=timezone.now(),
    )


@pytest.fixture
def take(api_client, sign_in):
    """Move an order on as staff."""

    def take(order, step, **body):
        sign_in("boss", is_staff=True, is_superuser=True)
        if step in "PCF":
            body = {"payment_status": step}
            return api_client.patch(f"{ORDERS}{order.pk}/", body, format="json")
        return api_client.post(f"{ORDERS}{order.pk}/{step}/", body, format="json")

    return take


def letter_of(smtp_server):
    """Return the subject, the text and the HTML of the one mail that went out."""
    [letter] = smtp_server.received
    assert letter.recipients == ["ann@example.com"]
    message = letter.message
    text = message.get_body(["plain"]).get_content().replace("\r\n", "\n")
    return message["Subject"], text, message.get_body(["html"]).get_content()


@pytest.mark.parametrize(
    ("old", "step", "news", "more"),
    [
        ("cancelled", "P", "waits for your payment again", ""),
        ("pending", "C", "is paid", ""),
        ("cancelled", "C", "is paid", ""),
        ("paid", "ship", "is on its way", ""),
        ("shipped", "deliver", "has been delivered", ""),
        ("pending", "cancel", "has been cancelled", ""),
        ("pending", "F", "has been cancelled", ""),
        ("paid", "cancel", "has been cancelled", " What you paid for it is refunded."),
        ("shipped", "refund", "has been refunded", ""),
        ("delivered", "refund", "has been refunded", ""),
    ],
)
def test_says_what_has_become_of_the_order(
    ann, make_order, take, smtp_server, old, step, news, more
):
    order = make_order(ann.customer, old)

    assert take(order, step).status_code == 200

    subject, text, html = letter_of(smtp_server)
    assert subject == f"Your order {order.pk} {news}"
    assert text == f"Hello Ann,\n\nyour order {order.pk} {news}.{more}\n"
    assert f"<p>your order <strong>{order.pk}</strong> {news}.{more}</p>" in html


def test_says_why_and_shows_it_as_it_was_written(ann, make_order, take, smtp_server):
    order = make_order(ann.customer)

    take(order, "cancel", reason="Torn & <b>wet</b>.\nSorry!")

    _, text, html = letter_of(smtp_server)
    assert text.endswith(" has been cancelled.\n\nTorn & <b>wet</b>.\nSorry!\n")
    assert "<p>Torn &amp; &lt;b&gt;wet&lt;/b&gt;.<br>Sorry!</p>" in html


def test_does_not_repeat_what_who_ordered_typed(ann, make_order, api_client, smtp_server):
    order = make_order(ann.customer)
    api_client.force_authenticate(ann)

    response = api_client.post(f"{ORDERS}{order.pk}/cancel/", {"reason": "You won: evil.example"})

    assert response.status_code == 200
    assert "evil" not in smtp_server.received[0].content.decode()
    assert OrderStatusChange.objects.get(order=order).reason == "You won: evil.example"


def test_no_reason_reaches_the_head_of_a_mail(ann, make_order, take, smtp_server):
    order = make_order(ann.customer)

    take(order, "cancel", reason="x\r\nBcc: bob@example.com")

    assert letter_of(smtp_server)[0] == f"Your order {order.pk} has been cancelled"
    assert smtp_server.received[0].message["Bcc"] is None


def test_is_queued_under_a_key_of_its_step(ann, make_order, take, smtp_server):
    order = make_order(ann.customer, "paid")

    take(order, "ship")

    step = OrderStatusChange.objects.get()
    assert Mail.objects.get().key == f"order:{order.pk}:status:{step.pk}"


def test_the_same_step_again_mails_nothing(api_client, ann, make_order, smtp_server):
    order = make_order(ann.customer)
    api_client.force_authenticate(ann)
    for _ in range(3):
        assert api_client.post(f"{ORDERS}{order.pk}/cancel/").status_code == 200

    assert len(smtp_server.received) == OrderStatusChange.objects.count() == 1


@pytest.mark.parametrize(("old", "step"), [("pending", "ship"), ("cancelled", "C")])
def test_is_not_queued_where_the_shop_refuses(ann, make_order, take, smtp_server, old, step):
    order = make_order(ann.customer, old)
    Product.objects.update(inventory=0)

    assert take(order, step).status_code == 409

    assert not Mail.objects.exists()
    assert smtp_server.received == []


@pytest.mark.parametrize("address", ["", "nobody", "ann@example.com\nBcc: bob@example.com"])
def test_is_left_out_where_the_address_is_none(ann, make_order, take, smtp_server, address):
    order = make_order(ann.customer)
    get_user_model().objects.filter(pk=ann.pk).update(email=address)

    assert take(order, "cancel").status_code == 200

    assert not Mail.objects.exists()
    assert smtp_server.received == []


def test_a_dead_mail_server_stops_no_order(ann, make_order, take, smtp_server):
    order = make_order(ann.customer, "paid")
    smtp_server.stop()

    assert take(order, "ship").json()["status"] == "shipped"

    assert Mail.objects.get().attempts == 1
    smtp_server.start()
