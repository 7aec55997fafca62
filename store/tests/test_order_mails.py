from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from outbox.models import Mail
from outbox.services import send_due_mails
from store.models import Cart, Order, Product

pytestmark = pytest.mark.django_db

ORDERS = "/store/orders/"


@pytest.fixture
def api_client(committing_client):
    return committing_client


@pytest.fixture
def cart(make_product):
    cart = Cart.objects.create()
    teapot = make_product(title="Teapot & <lid>", unit_price=Decimal("12.34"))
    cart.items.create(product=teapot, quantity=3)
    cart.items.create(product=make_product(title="Cup", unit_price=Decimal("5.00")), quantity=1)
    return cart


def place(client, cart, **body):
    return client.post(ORDERS, {"cart_id": str(cart.pk), **body}, format="json")


class TestConfirmation:
    def test_says_what_was_ordered(self, api_client, sign_in, cart, smtp_server):
        sign_in(first_name="Ann", email_verified_at=timezone.now())

        order = place(api_client, cart).json()

        [letter] = smtp_server.received
        message = letter.message
        assert letter.recipients == ["ann@example.com"]
        assert message["Subject"] == f"Your order {order['id']}"
        assert message.get_body(["plain"]).get_content().split("\r\n") == [
            "Hello Ann,",
            "",
            f"thank you for your order {order['id']}:",
            "",
            "3 x Teapot & <lid> at 12.34: 37.02",
            "1 x Cup at 5.00: 5.00",
            "",
            "Total before tax: 42.02",
            "Tax: 4.19",
            "Total: 46.21",
            "",
        ]
        html = message.get_body(["html"]).get_content()
        assert "<td>Teapot &amp; &lt;lid&gt;</td>" in html
        for amount in ("12.34", "37.02", "5.00", "42.02", "4.19", "46.21"):
            assert f">{amount}</t" in html
        assert "It goes to" not in html

    def test_says_what_a_promotion_took_off(
        self, api_client, sign_in, cart, smtp_server, make_promotion
    ):
        teapot = Product.objects.get(title__startswith="Teapot")
        make_promotion(teapot, description="Summer & <sun>", discount=0.5)
        make_promotion(Product.objects.get(title="Cup"), description="Nothing", discount=0)
        sign_in()

        place(api_client, cart)

        message = smtp_server.received[0].message
        text = message.get_body(["plain"]).get_content()
        assert "3 x Teapot & <lid> at 6.17 instead of 12.34 (Summer & <sun>): 18.51\r\n" in text
        assert "1 x Cup at 5.00: 5.00\r\n" in text
        html = message.get_body(["html"]).get_content()
        assert "<br><small>Summer &amp; &lt;sun&gt;</small>" in html
        assert "<s>12.34</s> 6.17</td>" in html
        assert "Nothing" not in html

    @pytest.mark.parametrize(
        ("zip_code", "line"), [("12345", "12345 Springfield"), ("", "Springfield")]
    )
    def test_says_where_it_goes(self, api_client, sign_in, cart, smtp_server, zip_code, line):
        sign_in(email_verified_at=timezone.now())
        address = {"street": "1 <Main> St", "city": "Springfield", "zip": zip_code}

        place(api_client, cart, shipping_address=address)

        message = smtp_server.received[0].message
        text = message.get_body(["plain"]).get_content()
        assert text.endswith(f"Total: 46.21\r\n\r\nIt goes to:\r\n1 <Main> St\r\n{line}\r\n")
        html = message.get_body(["html"]).get_content()
        assert f"It goes to:<br>1 &lt;Main&gt; St<br>{line}</p>" in html

    def test_holds_nothing_that_a_stranger_typed(self, api_client, sign_in, cart, smtp_server):
        sign_in(first_name="You won", last_name="http://evil.example")
        address = {"street": "You won", "city": "evil.example", "zip": "www"}

        assert place(api_client, cart, shipping_address=address).status_code == 201

        content = smtp_server.received[0].content.decode()
        assert not [word for word in ("evil", "You won", "www") if word in content]

    @pytest.mark.parametrize(
        "name", ["http://evil.example", "evil.example", "You won it all", "x" * 41]
    )
    def test_greets_nobody_by_more_than_a_name(self, api_client, sign_in, cart, smtp_server, name):
        sign_in(first_name=name, email_verified_at=timezone.now())
        address = {"street": "evil.example", "city": "Springfield"}

        assert place(api_client, cart, shipping_address=address).status_code == 201

        content = smtp_server.received[0].content.decode()
        assert not [word for word in ("evil", name, "goes to") if word in content]

    def test_is_queued_once_for_a_repeated_request(self, api_client, sign_in, cart, smtp_server):
        sign_in()
        order = place(api_client, cart).json()

        assert place(api_client, cart).status_code == 200

        assert Mail.objects.get().key == f"order:{order['id']}:confirmation"
        assert len(smtp_server.received) == 1

    def test_is_a_row_before_the_commit(self, sign_in, cart, client):
        client.force_login(sign_in())

        response = client.post(ORDERS, {"cart_id": str(cart.pk)})

        assert response.status_code == 201
        assert Mail.objects.get().attempts == 0

    def test_is_not_queued_where_the_shop_refuses(self, api_client, sign_in, cart, smtp_server):
        Product.objects.filter(title="Cup").update(inventory=0)
        sign_in()

        assert place(api_client, cart).status_code == 409

        assert not Mail.objects.exists()
        assert smtp_server.received == []

    @pytest.mark.parametrize("address", ["", "nobody", "ann@example.com\nBcc: bob@example.com"])
    def test_is_left_out_where_the_address_is_none(
        self, api_client, sign_in, cart, smtp_server, caplog, address
    ):
        user = sign_in()
        get_user_model().objects.filter(pk=user.pk).update(email=address)

        assert place(api_client, cart).status_code == 201

        assert not Mail.objects.exists()
        assert smtp_server.received == []
        assert ("(confirmation): " in caplog.text) == bool(address)

    def test_goes_to_a_customer_whose_profile_was_missing(
        self, api_client, sign_in, cart, smtp_server
    ):
        sign_in().customer.delete()

        assert place(api_client, cart).status_code == 201

        assert [letter.recipients for letter in smtp_server.received] == [["ann@example.com"]]

    def test_of_an_order_that_staff_took(
        self, admin_client, customer, product, smtp_server, django_capture_on_commit_callbacks
    ):
        form = {
            "customer": customer.pk,
            "payment_status": "P",
            "items-TOTAL_FORMS": 1,
            "items-INITIAL_FORMS": 0,
            "items-0-product": product.pk,
            "items-0-quantity": 2,
        }
        with django_capture_on_commit_callbacks(execute=True):
            response = admin_client.post(reverse("admin:store_order_add"), form)

        assert response.status_code == 302
        [letter] = smtp_server.received
        assert letter.recipients == ["zoe@example.com"]
        assert letter.message["Subject"] == f"Your order {Order.objects.get().pk}"


class TestDeadMailServer:
    def test_fails_no_order(self, api_client, sign_in, cart, smtp_server, caplog):
        sign_in()
        smtp_server.stop()

        response = place(api_client, cart)

        assert response.status_code == 201
        assert Mail.objects.get().attempts == 1
        assert "example.com" not in caplog.text
        smtp_server.start()
        Mail.objects.update(due_at=Order.objects.get().placed_at)
        assert send_due_mails().sent == 1
        assert smtp_server.received[0].message["Subject"] == f"Your order {response.json()['id']}"

    def test_that_breaks_off_fails_no_order(self, api_client, sign_in, cart, smtp_server):
        sign_in()
        smtp_server.on_letter = lambda letter: None

        assert place(api_client, cart).status_code == 201
        assert Mail.objects.get().attempts == 1
