"""What the shop does with what the gateway tells, in whatever order it comes."""

from decimal import Decimal

import pytest

from outbox.models import Mail
from store.models import Order, Payment, PaymentEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_mails(settings):
    """Return the subjects of the mails to ADMINS."""
    settings.ADMINS = [("Ann", "admin@example.com")]
    mails = Mail.objects.filter(recipient="admin@example.com").order_by("pk")
    return lambda: [mail.subject for mail in mails.all()]


def outcomes():
    return list(PaymentEvent.objects.order_by("pk").values_list("outcome", flat=True))


class TestSequence:
    @pytest.mark.parametrize(
        ("kinds", "payment_status", "order_and_stock", "last_outcome"),
        [
            ("succeeded", "succeeded", ("paid", 7), "paid the order"),
            ("failed", "failed", ("pending", 7), "failed"),
            ("failed failed", "failed", ("pending", 7), "nothing: failed already"),
            ("failed succeeded", "succeeded", ("paid", 7), "paid the order"),
            ("succeeded failed", "succeeded", ("paid", 7), "nothing: succeeded already"),
            ("succeeded succeeded", "succeeded", ("paid", 7), "nothing: succeeded already"),
            ("refunded", "refunded", ("pending", 7), "refunded before it succeeded"),
            ("refunded succeeded", "refunded", ("pending", 7), "nothing: refunded already"),
            ("refunded failed", "refunded", ("pending", 7), "nothing: refunded already"),
            ("failed refunded", "refunded", ("pending", 7), "refunded before it succeeded"),
            (
                "succeeded refunded",
                "refunded",
                ("cancelled", 10),
                "refunded, and the order with it",
            ),
            ("succeeded refunded refunded", "refunded", ("cancelled", 10), None),
            ("succeeded refunded succeeded", "refunded", ("cancelled", 10), None),
        ],
    )
    def test_ends_in(
        self, tell, payment, state, kinds, payment_status, order_and_stock, last_outcome
    ):
        responses = [tell(kind, payment).status_code for kind in kinds.split()]
        assert set(responses) == {200}
        payment.refresh_from_db()
        assert (payment.status, state()) == (payment_status, order_and_stock)
        assert outcomes()[-1] == (last_outcome or "nothing: refunded already")
        assert len(outcomes()) == len(responses)

    def test_a_success_is_told_to_the_customer_once(self, tell, payment, order, mailoutbox):
        mailoutbox.clear()
        for _ in range(3):
            tell("succeeded", payment)
        assert [mail.to for mail in mailoutbox] == [["ann@example.com"]]
        change = order.status_changes.get(to_status="paid")
        assert (change.changed_by, change.reason) == (None, "The payment has arrived.")


class TestOrderMovedByHand:
    """Steps of staff while the payment is open; then the money arrives."""

    @pytest.fixture
    def move(self, staff, api_client, order):
        def move(*steps):
            for step in steps:
                if step in "PCF":
                    response = staff.patch(
                        f"/store/orders/{order.pk}/", {"payment_status": step}, format="json"
                    )
                else:
                    # The owner cancels, staff do the rest.
                    client = api_client if step == "cancel" else staff
                    response = client.post(f"/store/orders/{order.pk}/{step}/")
                assert response.status_code == 200

        return move

    @pytest.mark.parametrize(
        ("steps", "status", "stock"),
        [
            ("C", "paid", 7),
            ("C ship", "shipped", 7),
            ("C ship deliver", "delivered", 7),
            ("F C", "paid", 7),
        ],
    )
    def test_one_that_is_paid_keeps_the_money(
        self, tell, payment, state, move, admin_mails, steps, status, stock
    ):
        move(*steps.split())
        tell("succeeded", payment)
        payment.refresh_from_db()
        assert (payment.status, state()) == ("succeeded", (status, stock))
        assert (outcomes(), admin_mails()) == (["the order was marked as paid"], [])

    @pytest.mark.parametrize(
        ("steps", "status", "stock"),
        [("F", "cancelled", 10), ("C cancel", "cancelled", 10), ("C ship refund", "refunded", 7)],
    )
    def test_one_that_takes_no_money_gives_it_back_and_reports_it(
        self, tell, payment, state, move, admin_mails, steps, status, stock
    ):
        move(*steps.split())
        tell("succeeded", payment)
        payment.refresh_from_db()
        assert (payment.status, state()) == ("refunded", (status, stock))
        assert outcomes() == ["refund due: the order takes no money"]
        assert admin_mails() == [f"Payment {payment.pk} was refunded"]

    def test_one_that_is_taken_up_again_is_paid(self, tell, payment, state, move):
        move("F", "P")
        tell("succeeded", payment)
        assert state() == ("paid", 7)

    def test_one_that_was_deleted_gives_it_back(self, tell, payment, staff, order, admin_mails):
        assert staff.delete(f"/store/orders/{order.pk}/").status_code == 204
        tell("succeeded", payment)
        payment.refresh_from_db()
        assert (payment.status, payment.order) == ("refunded", None)
        assert admin_mails() == [f"Payment {payment.pk} was refunded"]
        assert not Order.objects.exists()

    @pytest.mark.parametrize(
        ("steps", "status", "stock"),
        [("", "cancelled", 10), ("ship", "refunded", 7), ("ship deliver", "refunded", 7)],
    )
    def test_one_whose_money_goes_back_at_the_gateway_follows(
        self, tell, payment, state, move, steps, status, stock
    ):
        tell("succeeded", payment)
        move(*steps.split())
        tell("refunded", payment)
        assert state() == (status, stock)
        assert outcomes() == ["paid the order", "refunded, and the order with it"]


class TestTwoPayments:
    @pytest.fixture
    def second(self, tell, pay, order, payment):
        """Made after the first card was declined."""
        tell("failed", payment)
        return pay(order)

    def test_the_second_one_pays(self, tell, second, payment, state):
        tell("succeeded", second)
        payment.refresh_from_db()
        assert (payment.status, state()) == ("failed", ("paid", 7))

    def test_the_money_of_both_is_not_kept(self, tell, payment, second, state, admin_mails):
        tell("succeeded", second)
        tell("succeeded", payment)
        statuses = dict(Payment.objects.values_list("pk", "status"))
        assert statuses == {second.pk: "succeeded", payment.pk: "refunded"}
        assert state() == ("paid", 7)
        assert admin_mails() == [f"Payment {payment.pk} was refunded"]


class TestAnotherAmount:
    @pytest.mark.parametrize("amount", ["0", "32.99", "33.01", "3300", "999999999999.99"])
    @pytest.mark.parametrize("kind", ["succeeded", "refunded"])
    def test_changes_nothing_and_has_somebody_look(
        self, tell, payment, state, admin_mails, kind, amount
    ):
        assert tell(kind, payment, amount=amount).status_code == 200
        payment.refresh_from_db()
        assert (payment.status, state()) == ("open", ("pending", 7))
        assert outcomes() == ["another amount than the payment's"]
        assert admin_mails() == [f"Payment {payment.pk}: the gateway names another amount"]

    def test_says_both_amounts(self, tell, payment, order, settings, mailoutbox):
        settings.ADMINS = [("Ann", "admin@example.com")]
        mailoutbox.clear()
        tell("succeeded", payment, amount="3.30")
        assert mailoutbox[0].body == (
            f"The gateway (development, dev_{payment.key}) says: succeeded, 3.30 USD.\n"
            f"Payment {payment.pk} for order {order.pk} is of 33.00 USD.\n"
            "The shop has changed nothing; please look at the gateway.\n"
        )

    def test_of_a_failure_is_only_recorded(self, tell, payment, admin_mails):
        tell("failed", payment, amount="1")
        assert (outcomes(), admin_mails()) == (["another amount than the payment's"], [])

    def test_leaves_the_right_one_to_come(self, tell, payment, state):
        tell("succeeded", payment, amount="1")
        tell("succeeded", payment)
        assert state() == ("paid", 7)


class TestAnotherGateway:
    """One class is a gateway: the ledger counts in cents and signs in its own way."""

    @pytest.fixture
    def payment(self, ledger, pay, order):
        return pay(order)

    @pytest.fixture
    def send(self, post, settings):
        def send(body, secret=settings.STORE_PAYMENT_WEBHOOK_SECRET):
            return post(body, headers={"X-Ledger-Secret": secret}, content_type="text/plain")

        return send

    def test_is_paid_through(self, send, payment, state):
        assert send(f"1 succeeded {payment.key} 3300".encode()).status_code == 200
        assert state() == ("paid", 7)

    def test_refuses_what_is_not_its_own(self, send, payment, state):
        response = send(f"1 succeeded {payment.key} 3300".encode(), secret="guessed")
        assert (response.status_code, response.json()["detail"]) == (400, "Not from the ledger.")
        assert state() == ("pending", 7)

    def test_may_tell_of_other_things(self, send, payment):
        assert send(b"1 payout none 100").status_code == 200
        assert not PaymentEvent.objects.exists()

    @pytest.mark.parametrize(("name", "cents"), [("1", "NaN"), ("\0", "3300"), ("\u200b", "3300")])
    def test_cannot_bring_in_what_the_shop_cannot_keep(self, send, payment, state, name, cents):
        response = send(f"{name} succeeded {payment.key} {cents}".encode())
        assert (response.status_code, response.json()["code"]) == (400, "webhook_refused")
        assert state() == ("pending", 7)

    def test_may_tell_the_reference_that_its_answer_did_not(self, send, payment, ledger):
        Payment.objects.update(reference=None)
        Order.objects.update(payment_status="F")
        send(f"1 succeeded {payment.key} 3300".encode())
        payment.refresh_from_db()
        assert payment.reference == f"led_{payment.key}"
        assert ledger.asked[-1] == {"refund": payment.reference, "amount": Decimal("33.00")}
