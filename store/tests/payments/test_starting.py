from decimal import Decimal

import pytest
from model_bakery import baker

from store.gateways import GatewayError
from store.models import Order, Payment

pytestmark = pytest.mark.django_db


def url(order):
    return f"/store/orders/{order.pk}/payments/"


class TestRefusals:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_visitor_is_401(self, gateway_client, order, method):
        assert getattr(gateway_client, method)(url(order)).status_code == 401
        assert not Payment.objects.exists()

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_somebody_else_s_order_is_404(self, api_client, sign_in, order, method):
        sign_in("bob")
        assert getattr(api_client, method)(url(order)).status_code == 404
        assert not Payment.objects.exists()

    def test_an_order_that_is_not_there_is_404(self, api_client, ann):
        assert api_client.post("/store/orders/99999999999999999999/payments/").status_code == 404

    @pytest.mark.parametrize("status", ["C", "F"])
    def test_an_order_that_is_not_pending_takes_no_payment(self, api_client, order, status):
        Order.objects.update(payment_status=status)
        response = api_client.post(url(order))
        assert (response.status_code, response.json()["code"]) == (409, "order_not_payable")
        assert not Payment.objects.exists()

    def test_nor_one_that_costs_nothing(self, api_client, ann):
        order = baker.make(Order, customer=ann.customer)
        response = api_client.post(url(order))
        assert (response.status_code, response.json()) == (
            409,
            {"detail": "There is nothing to pay for this order.", "code": "order_not_payable"},
        )
        assert not Payment.objects.exists()

    def test_a_shop_without_a_gateway_says_so(self, api_client, order, settings):
        settings.STORE_PAYMENT_GATEWAY = ""
        response = api_client.post(url(order))
        assert (response.status_code, response.json()["code"]) == (409, "no_payment_gateway")
        assert not Payment.objects.exists()


class TestPayment:
    def test_is_of_the_total_and_leads_to_the_checkout_page(self, api_client, order):
        response = api_client.post(url(order))
        payment = Payment.objects.get()
        assert (response.status_code, response.json()) == (
            201,
            {
                "id": payment.pk,
                "status": "open",
                "amount": 33.0,
                "gateway": "development",
                "checkout_url": f"http://testserver/store/payments/development/{payment.key}/",
                "return_url": "",
                "cancel_url": "",
                "created_at": response.json()["created_at"],
            },
        )
        assert payment.reference == f"dev_{payment.key}"
        assert order.status == "pending"

    def test_asked_for_again_is_the_same(self, api_client, order):
        responses = [api_client.post(url(order)) for _ in range(2)]
        assert responses[0].json() == responses[1].json()
        assert Payment.objects.count() == 1

    def test_after_a_failure_is_another(self, pay, tell, order, payment):
        tell("failed", payment)
        again = pay(order)
        assert again.key != payment.key
        assert again.status == "open"

    def test_staff_may_start_it_too(self, staff, order):
        assert staff.post(url(order)).status_code == 201

    def test_the_gateway_hears_what_it_is_about(self, api_client, order, ledger):
        response = api_client.post(url(order))
        payment = Payment.objects.get()
        assert ledger.asked == [
            {
                "key": str(payment.key),
                "amount": Decimal("33.00"),
                "currency": "USD",
                "description": f"Order {order.pk}",
                "webhook_url": "http://testserver/store/payments/webhook/",
                "return_url": "",
                "cancel_url": "",
            }
        ]
        assert response.json()["checkout_url"] == f"https://pay.example.com/{payment.key}"

    def test_the_gateway_is_told_where_the_shop_is_by_the_settings(
        self, api_client, order, ledger, settings
    ):
        settings.SHOP_URL = "https://shop.example.com"
        api_client.post(url(order), headers={"Host": "localhost"})
        [asked] = ledger.asked
        assert asked["webhook_url"] == "https://shop.example.com/store/payments/webhook/"

    def test_a_long_address_of_a_page_is_kept(self, order, payment):
        payment.checkout_url = "https://pay.example.com/" + "x" * 1900
        payment.save()
        payment.refresh_from_db()
        assert len(payment.checkout_url) == 1924


class TestGatewayThatFails:
    def test_is_503_and_the_payment_waits(self, api_client, order, ledger):
        ledger.errors["*"] = GatewayError("timed out")
        response = api_client.post(url(order))
        assert (response.status_code, response.json()["code"]) == (
            503,
            "payment_gateway_unavailable",
        )
        assert response["Retry-After"] == "5"
        payment = Payment.objects.get()
        assert (payment.status, payment.reference, payment.checkout_url) == ("open", None, "")

    def test_asked_again_finishes_it_under_the_same_key(self, api_client, order, ledger):
        ledger.errors["*"] = GatewayError("timed out")
        api_client.post(url(order))
        ledger.errors.clear()
        assert api_client.post(url(order)).status_code == 201
        payment = Payment.objects.get()
        assert [asked["key"] for asked in ledger.asked] == [str(payment.key)] * 2
        assert ledger.payments == {str(payment.key): Decimal("33.00")}
        assert payment.reference == f"led_{payment.key}"

    def test_a_process_that_dies_between_the_transactions_loses_nothing(
        self, api_client, order, ledger
    ):
        ledger.errors["*"] = SystemExit()
        with pytest.raises(SystemExit):
            api_client.post(url(order))
        ledger.errors.clear()
        assert api_client.post(url(order)).status_code == 201
        assert list(ledger.payments) == [str(Payment.objects.get().key)]


class TestList:
    def test_is_newest_first_and_of_this_order_only(
        self, api_client, place, pay, tell, django_assert_num_queries
    ):
        order, other = place(), place()
        pay(other)
        first = pay(order)
        tell("failed", first)
        second = pay(order)
        with django_assert_num_queries(2):
            response = api_client.get(url(order))
        assert [(row["id"], row["status"]) for row in response.json()] == [
            (second.pk, "open"),
            (first.pk, "failed"),
        ]

    def test_takes_nothing_but_get_and_post(self, api_client, order):
        response = api_client.delete(url(order))
        assert (response.status_code, response["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
