"""Staff look at payments and at what gateways told of them; nobody changes either."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from store.models import Payment, PaymentEvent

from .forms import titles_in

pytestmark = pytest.mark.django_db

LIST = "/admin/store/payment/"
EVENTS = "/admin/store/paymentevent/"


@pytest.fixture
def payment(order):
    return Payment.objects.create(
        order=order, gateway="development", reference="dev_7", amount=33, status="succeeded"
    )


@pytest.fixture
def event(payment):
    return PaymentEvent.objects.create(
        gateway="development",
        event_id="evt_1",
        digest="1",
        kind="succeeded",
        payment=payment,
        payload='{"note": "<b>"}',
        outcome="paid the order",
    )


class TestList:
    def test_shows_order_amount_status_and_gateway(self, admin_client, order, payment):
        page = admin_client.get(LIST)

        assertContains(page, f'<td class="field-order nowrap">Order {order.pk}</td>')
        assertContains(page, '<td class="field-amount">33.00</td>')
        assertContains(page, '<td class="field-status">Succeeded</td>')
        assertContains(page, '<td class="field-gateway">development</td>')

    def test_shows_one_whose_order_is_gone(self, admin_client, payment):
        Payment.objects.update(order=None)

        assertContains(admin_client.get(LIST), '<td class="field-order nowrap">-</td>')

    @pytest.mark.parametrize("term", ["{order}", "dev_7"])
    def test_finds_by_order_and_by_reference(self, admin_client, payment, term):
        Payment.objects.create(gateway="development", reference="dev_70", amount=1)

        found = titles_in(admin_client.get(LIST, {"q": term.format(order=payment.order_id)}))

        assert found == [str(payment)]

    def test_finds_nothing_where_nothing_is(self, admin_client, payment, subtests):
        for term in ["9" * 30, "9" * 5000, "²", "nobody", "dev"]:
            with subtests.test(term=term):
                assert titles_in(admin_client.get(LIST, {"q": term})) == []

    def test_filters_by_status(self, admin_client, payment):
        assert titles_in(admin_client.get(LIST, {"status__exact": "succeeded"})) == [str(payment)]
        assert titles_in(admin_client.get(LIST, {"status__exact": "open"})) == []


class TestPage:
    def test_shows_what_the_gateway_told(self, admin_client, payment, event):
        page = admin_client.get(f"{LIST}{payment.pk}/change/")

        assertContains(page, "<p>paid the order</p>")
        assertContains(page, "{&quot;note&quot;: &quot;&lt;b&gt;&quot;}")
        assertNotContains(page, 'name="_save"')

    def test_shows_events_of_no_payment(self, admin_client, event):
        PaymentEvent.objects.update(payment=None, outcome="no payment of this shop")

        assertContains(admin_client.get(EVENTS), "no payment of this shop")
        page = admin_client.get(f"{EVENTS}{event.pk}/change/")
        assertContains(page, "{&quot;note&quot;: &quot;&lt;b&gt;&quot;}")


class TestRights:
    @pytest.mark.parametrize("kind", [LIST, EVENTS])
    def test_to_write_has_nobody(self, admin_client, payment, event, kind, subtests):
        row = payment if kind == LIST else event
        form = {"status": "refunded", "outcome": "nothing", "amount": 1, "post": "yes"}

        for path in ["add/", "{pk}/change/", "{pk}/delete/"]:
            with subtests.test(path=path):
                response = admin_client.post(kind + path.format(pk=row.pk), form)

                assert response.status_code == 403
                assert Payment.objects.get().status == "succeeded"
                assert PaymentEvent.objects.get().outcome == "paid the order"

    @pytest.mark.parametrize("kind", [LIST, EVENTS])
    def test_to_look_are_asked_for(self, make_clerk, payment, kind):
        assert make_clerk("view_order").get(kind).status_code == 403

    def test_to_look_are_those_of_customer_service(self, desk_client, payment, event):
        assert titles_in(desk_client.get(LIST)) == [str(payment)]
        assertContains(desk_client.get(f"{LIST}{payment.pk}/change/"), "paid the order")
