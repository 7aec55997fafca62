"""Carrier and tracking number in the admin: given with the step, corrected on a page."""

import pytest
from django.contrib.admin.models import LogEntry
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from store.models import Order, TrackingChange
from store.services.order_status import COLUMNS
from store.services.shipments import correct_tracking

from .forms import messages_in

pytestmark = pytest.mark.django_db

NOTHING_SEEN = {"seen_carrier": "", "seen_number": ""}


@pytest.fixture
def shipped(order):
    return put(order, "shipped")


def put(order, status):
    Order.objects.filter(pk=order.pk).update(**COLUMNS[status])
    return order


def page_of(order):
    return f"/admin/store/order/{order.pk}/change/"


def url(order):
    return f"/admin/store/order/{order.pk}/tracking/"


def ship(client, order, **fields):
    form = {"post": "yes", "seen": "paid", **fields}
    return client.post(f"/admin/store/order/{order.pk}/move/shipped/", form, follow=True)


def tracking_of(order):
    return Order.objects.values_list("carrier", "tracking_number").get(pk=order.pk)


class TestRefusals:
    @pytest.mark.parametrize("rights", [["view_order"], ["view_order", "cancel_order"]])
    def test_without_the_right(self, make_clerk, shipped, rights):
        clerk = make_clerk(*rights)

        assertNotContains(clerk.get(page_of(shipped)), url(shipped))
        assert clerk.get(url(shipped)).status_code == 403
        assert clerk.post(url(shipped), {"carrier": "DHL"}).status_code == 403

        assert tracking_of(shipped) == ("", "")

    @pytest.mark.parametrize("status", ["pending", "paid", "cancelled", "refunded"])
    def test_of_what_was_not_shipped(self, admin_client, order, status):
        put(order, status)

        page = admin_client.post(url(order), {"carrier": "DHL", **NOTHING_SEEN}, follow=True)

        assertRedirects(page, page_of(order))
        assert messages_in(page) == [f"The order is {status} now."]
        assert tracking_of(order) == ("", "")

    def test_of_what_somebody_changed_meanwhile(self, admin_client, shipped):
        correct_tracking(order=shipped, carrier="UPS", tracking_number="1")

        form = {"carrier": "DHL", "tracking_number": "typed", **NOTHING_SEEN}
        page = admin_client.post(url(shipped), form)

        assertContains(page, "Somebody has changed the tracking meanwhile; it is UPS 1 now.")
        assertContains(page, 'value="typed"')
        assert tracking_of(shipped) == ("UPS", "1")
        assert not LogEntry.objects.exists()

    @pytest.mark.parametrize("number", ["x" * 65, "a\0b"])
    def test_of_a_number_that_is_none(self, admin_client, order, number):
        put(order, "paid")

        page = ship(admin_client, order, tracking_number=number, carrier="DHL")

        assert list(page.context["form"].errors) == ["tracking_number"]
        assertContains(page, 'value="DHL"')
        assert Order.objects.get().status == "paid"

    @pytest.mark.parametrize("key", ["x", "9" * 30])
    def test_of_an_order_that_is_none(self, admin_client, key):
        response = admin_client.get(f"/admin/store/order/{key}/tracking/")

        assertRedirects(response, "/admin/store/order/")


def test_goes_along_with_the_step(admin_client, order, settings):
    settings.STORE_CARRIERS = {"DHL": "https://dhl.example/{number}"}
    put(order, "paid")
    page = admin_client.get(f"/admin/store/order/{order.pk}/move/shipped/")
    assertContains(page, '<datalist id="carrier_choices"><option value="DHL"></option></datalist>')

    ship(admin_client, order, carrier="dhl", tracking_number="0034")

    assert tracking_of(order) == ("DHL", "0034")


def test_is_asked_of_no_other_step_and_not_of_many(admin_client, order):
    page = admin_client.get(f"/admin/store/order/{order.pk}/move/paid/")

    assert list(page.context["form"].fields) == ["reason"]


def test_is_corrected_once_by_a_double_click(admin_client, admin_user, shipped):
    assertContains(admin_client.get(page_of(shipped)), url(shipped))

    for _ in range(2):
        form = {"carrier": "DHL", "tracking_number": "5", **NOTHING_SEEN}
        assertRedirects(admin_client.post(url(shipped), form), page_of(shipped))

    assert tracking_of(shipped) == ("DHL", "5")
    assert TrackingChange.objects.get().changed_by == admin_user
