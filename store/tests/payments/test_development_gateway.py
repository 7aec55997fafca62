"""The checkout page of the development gateway, and what it sends over HTTP to a served shop."""

import threading
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as condition
from selenium.webdriver.support.wait import WebDriverWait

from store.gateways import payment_gateway
from store.gateways.development import OUTCOMES
from store.models import Payment, PaymentEvent

LABELS = {name: outcome.label for name, outcome in OUTCOMES.items()}


def page_of(payment):
    return f"/store/payments/development/{payment.key}/"


@pytest.mark.django_db
class TestPage:
    def test_shows_what_there_is_to_pay_and_how_it_may_end(self, payment, order):
        response = Client().get(page_of(payment))
        page = response.content.decode()
        assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert "33.00 USD" in page
        assert f"order {order.pk}" in page
        assert list(LABELS.values()) == [
            "Pay",
            "Decline",
            "Pay slowly",
            "Pay and tell twice",
            "Tell in the wrong order",
        ]
        for name, label in LABELS.items():
            assert f'name="outcome" value="{name}" aria-describedby="{name}">{label}</' in page
        assert "no-cache" in response["Cache-Control"]
        assert "<script" not in page

    def test_shows_what_has_come(self, payment, tell):
        tell("failed", payment, id="evt_<1>")
        page = Client().get(page_of(payment)).content.decode()
        assert "<code>failed</code>: failed" in page
        assert "evt_&lt;1&gt;" in page
        assert '<span class="status" id="payment-status">failed</span>' in page

    def test_outlives_the_order(self, payment, staff, order):
        staff.delete(f"/store/orders/{order.pk}/")
        assert "an order that was deleted" in Client().get(page_of(payment)).content.decode()

    def test_of_no_payment_is_404(self, payment, subtests):
        for key in ["1b671a64-40d5-491e-99b0-da01ff1f3341", "nonsense", "%00", "1"]:
            with subtests.test(key=key):
                assert Client().get(f"/store/payments/development/{key}/").status_code == 404

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("gateway", ["", "store.tests.payments.gateways.LedgerGateway"])
    def test_is_404_where_another_gateway_takes_money(
        self, payment, settings, ledger, gateway, method
    ):
        settings.STORE_PAYMENT_GATEWAY = gateway
        response = getattr(Client(), method)(page_of(payment), {"outcome": "succeed"})
        assert response.status_code == 404

    def test_of_a_payment_at_another_gateway_is_404(self, payment):
        Payment.objects.update(gateway="ledger")
        assert Client().get(page_of(payment)).status_code == 404

    def test_takes_no_press_from_another_site(self, payment):
        response = Client(enforce_csrf_checks=True).post(page_of(payment), {"outcome": "succeed"})
        assert response.status_code == 403

    def test_takes_no_other_outcome(self, payment, subtests):
        for outcome in [None, "", "steal", "\0"]:
            with subtests.test(outcome=outcome):
                response = Client().post(page_of(payment), {"outcome": outcome} if outcome else {})
                assert response.status_code == 400
                assert not PaymentEvent.objects.exists()

    @pytest.mark.parametrize("sent", ["", "steal", "%00", "succeed&sent=slow"])
    def test_heeds_no_nonsense_in_its_address(self, payment, sent):
        assert Client().get(f"{page_of(payment)}?sent={sent}").status_code == 200

    def test_is_no_part_of_the_api(self):
        paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
        assert "/store/payments/webhook/" in paths
        assert not [path for path in paths if "development" in path]


class TestOptions:
    def test_that_make_no_gateway_are_named(self, settings, subtests):
        for options, reason in [
            ({"slow_seconds": "long"}, "could not convert string to float: 'long'"),
            ({"delay": -1}, "delay and slow_seconds are seconds"),
            ({"delay": float("nan")}, "delay and slow_seconds are seconds"),
            ({"delay": None}, "not 'NoneType'"),
            ({"dealy": 1}, "unexpected keyword argument 'dealy'"),
            ({"secret": "x"}, "multiple values for keyword argument 'secret'"),
        ]:
            with subtests.test(options=options, reason=reason):
                settings.STORE_PAYMENT_GATEWAY_OPTIONS = options
                with pytest.raises(Exception, match=reason) as caught:
                    payment_gateway()
                assert 'Environment variable "PAYMENT_GATEWAY_OPTIONS" invalid' in str(caught.value)

    def test_are_seconds(self, settings):
        settings.STORE_PAYMENT_GATEWAY_OPTIONS = {"delay": 1, "slow_seconds": 0.5}
        gateway = payment_gateway()
        assert (gateway.delay, gateway.slow_seconds) == (1, 0.5)


@pytest.mark.django_db(transaction=True)
class TestServed:
    """Start a payment over HTTP, open its page, press a button, look at the order."""

    @pytest.fixture(autouse=True)
    def short_waits(self, settings):
        settings.STORE_PAYMENT_GATEWAY_OPTIONS = {"slow_seconds": 0.3}

    @pytest.fixture
    def payment(self, api_client, live_server, order):
        response = api_client.post(
            f"/store/orders/{order.pk}/payments/",
            headers={"host": urlsplit(live_server.url).netloc},
        )
        payment = Payment.objects.get()
        assert response.json()["checkout_url"] == f"{live_server.url}{page_of(payment)}"
        return payment

    @pytest.fixture
    def press(self, payment, live_server):
        """Press a button of the served page, and wait for the gateway to have told all."""

        def press(outcome):
            token = "t" * 32
            connection = HTTPConnection(urlsplit(live_server.url).netloc, timeout=30)
            headers = {
                "Cookie": f"csrftoken={token}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            body = f"outcome={outcome}&csrfmiddlewaretoken={token}"
            connection.request("POST", page_of(payment), body, headers)
            response = connection.getresponse()
            response.read()
            connection.close()
            assert response.status == 302
            for thread in threading.enumerate():
                if thread.name == f"dev_{payment.key}":
                    thread.join(30)
            return response.headers["Location"]

        return press

    @pytest.mark.parametrize(
        ("outcome", "payment_status", "status", "told"),
        [
            ("succeed", "succeeded", "paid", ["paid the order"]),
            ("fail", "failed", "pending", ["failed"]),
            ("slow", "succeeded", "paid", ["paid the order"]),
            ("twice", "succeeded", "paid", ["paid the order"]),
            (
                "out_of_order",
                "succeeded",
                "paid",
                ["paid the order", "nothing: succeeded already"],
            ),
        ],
    )
    def test_each_button_ends_as_it_says(
        self, press, payment, state, caplog, outcome, payment_status, status, told
    ):
        caplog.set_level("INFO", logger="store.gateways.development")
        location = press(outcome)
        payment.refresh_from_db()
        assert (payment.status, state()) == (payment_status, (status, 7))
        assert list(payment.events.order_by("pk").values_list("outcome", flat=True)) == told
        # Each delivery was answered 200, the second one of the same event too.
        responses = [line for line in caplog.messages if line.startswith("Event ")]
        assert responses == [f"Event {kind}: 200" for kind in OUTCOMES[outcome].kinds]
        page = Client().get(location).content.decode()
        assert f"<strong>{LABELS[outcome]}</strong>, sent to the shop" in page
        assert 'http-equiv="refresh"' not in page

    def test_another_button_may_follow(self, press, payment, state):
        press("fail")
        press("succeed")
        assert state() == ("paid", 7)

    def test_a_shop_that_refuses_is_told_of_in_the_log(self, payment, live_server, caplog):
        gateway = payment_gateway()
        gateway.secret = "of-another-shop"
        told = {"key": str(payment.key), "amount": payment.amount}
        for url in [f"{live_server.url}/store/payments/webhook/", "http://127.0.0.1:1/"]:
            gateway.tell(OUTCOMES["succeed"], webhook_url=url, **told).join(30)
        assert "The event succeeded was refused: 400" in caplog.text
        assert "The event succeeded did not arrive: " in caplog.text
        assert not PaymentEvent.objects.exists()

    @pytest.mark.once
    @pytest.mark.chromium
    def test_a_person_pays_slowly_in_a_browser(self, browser, payment, state, settings):
        settings.STORE_PAYMENT_GATEWAY_OPTIONS = {"slow_seconds": 1}
        browser.get(payment.checkout_url)
        assert browser.find_element(By.TAG_NAME, "h1").text == "33.00 USD"
        browser.find_element(By.CSS_SELECTOR, "button[value=slow]").click()
        # The page looks again by itself until the news has come.
        paid = condition.text_to_be_present_in_element((By.ID, "order-status"), "paid")
        WebDriverWait(browser, 20).until(paid)
        assert browser.find_element(By.ID, "payment-status").text == "succeeded"
        assert [line.text for line in browser.find_elements(By.TAG_NAME, "summary")] == [
            "succeeded: paid the order"
        ]
        assert state() == ("paid", 7)
