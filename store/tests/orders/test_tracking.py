"""Who carries a parcel, and under which number: said with the step to shipped, corrected later."""

import pytest

from outbox.models import Mail
from store.exceptions import OrderStatusConflict
from store.models import Order, TrackingChange
from store.services.order_status import change_order_status
from store.services.shipments import correct_tracking

from .conftest import ORDERS

pytestmark = pytest.mark.django_db

PAGE = "https://dhl.example/?id={number}"
PARCEL = {"carrier": "dhl", "tracking_number": " 0034  04/34 "}


@pytest.fixture(autouse=True)
def carriers(settings):
    settings.STORE_CARRIERS = {"DHL": PAGE}


@pytest.fixture
def ann(django_user_model):
    return django_user_model.objects.create_user(username="ann", email="ann@example.com").customer


@pytest.fixture
def staff(api_client, sign_in):
    sign_in("boss", is_staff=True, is_superuser=True)
    return api_client


def tracking_of(order):
    return Order.objects.values_list("carrier", "tracking_number").get(pk=order.pk)


def send(client, order, step, **body):
    return client.post(f"{ORDERS}{order.pk}/{step}/", body, format="json")


class TestRefusals:
    @pytest.mark.parametrize("step", ["ship", "tracking"])
    def test_of_customers(self, api_client, sign_in, make_order, step):
        order = make_order(sign_in().customer, "paid" if step == "ship" else "shipped")

        assert send(api_client, order, step, **PARCEL).status_code == 403

        assert tracking_of(order) == ("", "")

    @pytest.mark.parametrize("status", ["pending", "paid", "cancelled", "refunded"])
    def test_of_what_was_not_shipped(self, staff, ann, make_order, status):
        order = make_order(ann, status)

        response = send(staff, order, "tracking", **PARCEL)

        assert response.status_code == 409
        assert response.json()["code"] == "order_status_conflict"
        assert tracking_of(order) == ("", "")
        assert not TrackingChange.objects.exists()

    @pytest.mark.parametrize("body", [{"carrier": "x" * 65}, {"tracking_number": "a\0b"}])
    def test_of_bad_input(self, staff, ann, make_order, body):
        order = make_order(ann, "paid")

        response = send(staff, order, "ship", **body)

        assert response.status_code == 400
        assert set(response.json()) == set(body)
        assert Order.objects.get().status == "paid"

    def test_of_a_correction_that_says_half(self, staff, ann, make_order):
        order = make_order(ann, "shipped")

        response = send(staff, order, "tracking", tracking_number="1")

        assert response.json() == {"carrier": ["This field is required."]}

    def test_of_another_number_by_a_step_that_was_made(self, staff, ann, make_order):
        order = make_order(ann, "paid")
        send(staff, order, "ship", **PARCEL)

        assert send(staff, order, "ship", **PARCEL).status_code == 200
        assert send(staff, order, "ship", tracking_number="2").status_code == 409

        assert tracking_of(order) == ("DHL", "0034 04/34")

    def test_of_what_somebody_changed_meanwhile(self, ann, make_order):
        order = make_order(ann, "shipped")
        correct_tracking(order=order, carrier="UPS", tracking_number="1")

        with pytest.raises(OrderStatusConflict, match="it is UPS 1 now"):
            correct_tracking(order=order, carrier="DHL", tracking_number="2", seen=("", ""))

        assert tracking_of(order) == ("UPS", "1")
        assert TrackingChange.objects.count() == 1

    def test_other_steps_write_none(self, ann, make_order):
        order = make_order(ann, "pending")

        change_order_status(order=order, status="paid", carrier="DHL", tracking_number="1")

        assert tracking_of(order) == ("", "")


class TestShipping:
    def test_takes_carrier_and_number(self, staff, ann, make_order):
        order = make_order(ann, "paid")

        body = send(staff, order, "ship", **PARCEL).json()

        assert (body["carrier"], body["tracking_number"]) == ("DHL", "0034 04/34")
        assert body["tracking_url"] == "https://dhl.example/?id=003404%2F34"

    def test_shows_them_to_the_owner(self, api_client, sign_in, make_order):
        order = make_order(sign_in().customer, "paid")
        change_order_status(order=order, status="shipped", carrier="Bob", tracking_number="7")

        body = api_client.get(f"{ORDERS}{order.pk}/").json()

        shown = [body[name] for name in ("carrier", "tracking_number", "tracking_url")]
        assert shown == ["Bob", "7", None]

    def test_mails_them(self, ann, make_order):
        order = make_order(ann, "paid")
        change_order_status(order=order, status="shipped", reason="Here.", **PARCEL)

        mail = Mail.objects.get()
        assert mail.text.endswith(
            "is on its way.\n\nHere.\n\nCarrier: DHL\nTracking number: 0034 04/34\n"
            "https://dhl.example/?id=003404%2F34\n"
        )
        assert (
            'Tracking number: <a href="https://dhl.example/?id=003404%2F34">0034 04/34</a></p>'
            in mail.html
        )

    def test_mails_an_unknown_carrier_as_text(self, ann, make_order):
        order = make_order(ann, "paid")
        change_order_status(
            order=order, status="shipped", carrier="<b>Bob</b>", tracking_number="https://x.example"
        )

        assert "Carrier: &lt;b&gt;Bob&lt;/b&gt;<br>" in Mail.objects.get().html
        assert "href" not in Mail.objects.get().html


class TestCorrecting:
    def test_records_what_it_was(self, staff, ann, make_order):
        order = make_order(ann, "shipped")

        for _ in range(2):
            assert send(staff, order, "tracking", **PARCEL).json()["carrier"] == "DHL"

        change = TrackingChange.objects.get()
        assert (change.old_carrier, change.carrier) == ("", "DHL")
        assert change.changed_by.username == "boss"

    @pytest.mark.parametrize(("status", "mails"), [("shipped", 1), ("delivered", 0)])
    def test_is_mailed_while_it_is_on_its_way(self, ann, make_order, status, mails):
        correct_tracking(order=make_order(ann, status), carrier="DHL", tracking_number="5")

        subjects = [*Mail.objects.values_list("subject", flat=True)]
        assert subjects == [f"Where your order {Order.objects.get().pk} is"] * mails
