"""POST orders/{id}/cancel|ship|deliver|refund/: who may move an order on, and from where."""

from itertools import product as pairs

import pytest
from django.contrib.auth.models import Group
from rest_framework.test import APIClient

from store.models import Order, OrderStatusChange, Product

from .conftest import COLUMNS, ORDERS, snapshot

pytestmark = pytest.mark.django_db

# Step -> where it leads, and from where.
STEPS = {
    "cancel": ("cancelled", {"pending", "paid"}),
    "ship": ("shipped", {"paid"}),
    "deliver": ("delivered", {"shipped"}),
    "refund": ("refunded", {"shipped", "delivered"}),
}
OF_STAFF = ["ship", "deliver", "refund"]
PAYMENT_STATUS = {status: columns["payment_status"] for status, columns in COLUMNS.items()}
# What staff set the payment status to -> the status that an order of this status comes to.
PATCHES = {
    ("pending", "C"): "paid",
    ("pending", "F"): "cancelled",
    ("cancelled", "P"): "pending",
    ("cancelled", "C"): "paid",
}


@pytest.fixture
def take(api_client):
    def take(order, step, **body):
        return api_client.post(f"{ORDERS}{order.pk}/{step}/", body, format="json")

    return take


class TestWhere:
    @pytest.mark.parametrize(("step", "old"), list(pairs(STEPS, COLUMNS)))
    def test_a_step_leads_along_the_table_or_is_refused(
        self, sign_in_canceller, make_order, customer, take, step, old
    ):
        sign_in_canceller()
        order = make_order(customer, old)
        before = snapshot()
        new, allowed = STEPS[step]

        response = take(order, step)

        if old in allowed:
            assert (response.status_code, response.json()["status"]) == (200, new)
            assert Order.objects.get().status == new
            assert Product.objects.get().inventory == (10 if new == "cancelled" else 7)
            assert OrderStatusChange.objects.count() == 1
        elif old == new:
            assert (response.status_code, response.json()["status"]) == (200, new)
            assert snapshot() == before
        else:
            assert response.status_code == 409
            assert response.json() == {
                "detail": f"An order cannot go from {old} to {new}.",
                "code": "order_status_conflict",
            }
            assert snapshot() == before

    @pytest.mark.parametrize(("old", "wish"), list(pairs(COLUMNS, "PCF")))
    def test_a_payment_status_leads_where_the_contract_says(
        self, api_client, authenticate, make_order, customer, old, wish
    ):
        authenticate(is_staff=True)
        order = make_order(customer, old)
        before = snapshot()

        response = api_client.patch(f"{ORDERS}{order.pk}/", {"payment_status": wish}, format="json")

        if new := PATCHES.get((old, wish)):
            assert (response.status_code, response.json()) == (200, {"payment_status": wish})
            assert Order.objects.get().status == new
            assert Product.objects.get().inventory == (10 if new == "cancelled" else 7)
        elif wish == PAYMENT_STATUS[old]:
            assert (response.status_code, response.json()) == (200, {"payment_status": wish})
            assert snapshot() == before
        else:
            assert response.status_code == 409
            assert response.json() == {
                "detail": f"An order cannot go from payment status C to {wish}.",
                "code": "payment_status_conflict",
            }
            assert snapshot() == before

    def test_answers_with_the_order(self, api_client, sign_in, make_order, take):
        order = make_order(sign_in().customer)

        response = take(order, "cancel")

        assert response.json() == api_client.get(f"{ORDERS}{order.pk}/").json()
        assert response.json()["payment_status"] == "F"

    def test_a_problem_detail_says_the_same(self, api_client, sign_in, make_order, take):
        order = make_order(sign_in().customer, "shipped")
        api_client.credentials(HTTP_ACCEPT="application/problem+json")

        assert take(order, "cancel").json() == {
            "type": "about:blank",
            "title": "Conflict",
            "status": 409,
            "detail": "An order cannot go from shipped to cancelled.",
            "code": "order_status_conflict",
        }


class TestWhoCancels:
    @pytest.mark.parametrize("status", ["pending", "paid"])
    def test_the_owner_while_nothing_has_shipped(self, sign_in, make_order, take, status):
        order = make_order(sign_in().customer, status)

        assert take(order, "cancel").status_code == 200
        assert Order.objects.get().status == "cancelled"

    @pytest.mark.parametrize("status", ["shipped", "delivered", "refunded"])
    def test_the_owner_no_more_afterwards(self, sign_in, make_order, take, status):
        order = make_order(sign_in().customer, status)

        assert take(order, "cancel").status_code == 409
        assert Order.objects.get().status == status

    def test_staff_their_own(self, sign_in, make_order, take):
        order = make_order(sign_in(is_staff=True).customer)

        assert take(order, "cancel").status_code == 200

    def test_staff_without_the_right_may_not(self, sign_in, make_order, customer, take):
        order = make_order(customer)
        sign_in(is_staff=True)
        before = snapshot()

        assert take(order, "cancel").status_code == 403
        assert snapshot() == before

    def test_unsaved_staff_may_not(self, authenticate, make_order, customer, take):
        order = make_order(customer)
        authenticate(is_staff=True)

        assert take(order, "cancel").status_code == 403
        assert Order.objects.get().status == "pending"

    def test_staff_of_customer_service_may(self, sign_in, make_order, customer, take):
        order = make_order(customer)
        sign_in(is_staff=True).groups.add(Group.objects.get(name="Customer Service"))

        assert take(order, "cancel").status_code == 200

    def test_the_right_is_of_no_use_without_being_staff(self, sign_in, make_order, customer, take):
        order = make_order(customer)
        sign_in().groups.add(Group.objects.get(name="Customer Service"))

        assert take(order, "cancel").status_code == 404
        assert Order.objects.get().status == "pending"

    def test_another_customers_is_not_found(self, sign_in, make_order, customer, take):
        order = make_order(customer)
        sign_in()

        response = take(order, "cancel")

        assert response.status_code == 404
        assert response.json() == {"detail": "No Order matches the given query."}
        assert Order.objects.get().status == "pending"


@pytest.mark.parametrize("step", OF_STAFF)
class TestWhoMovesOn:
    def test_the_owner_may_not(self, sign_in, make_order, take, step):
        order = make_order(sign_in().customer, "paid")

        assert take(order, step).status_code == 403
        assert Order.objects.get().status == "paid"

    def test_unsaved_staff_may(self, authenticate, make_order, customer, take, step):
        new, allowed = STEPS[step]
        order = make_order(customer, min(allowed))
        authenticate(is_staff=True)

        assert take(order, step).status_code == 200
        assert OrderStatusChange.objects.values_list("changed_by", "to_status").get() == (None, new)


@pytest.mark.parametrize("step", STEPS)
class TestNobody:
    def test_a_stranger_is_asked_to_sign_in(self, make_order, customer, take, step):
        assert take(make_order(customer, "paid"), step).status_code == 401
        assert Order.objects.get().status == "paid"

    def test_what_is_no_user_may_not(self, api_client, make_order, customer, take, step):
        api_client.force_authenticate(user={})

        assert take(make_order(customer, "paid"), step).status_code in (401, 403)
        assert Order.objects.get().status == "paid"

    def test_a_missing_order_is_not_found(self, api_client, authenticate, db, step):
        authenticate(is_staff=True)

        for missing in ("0", "999999", "9" * 30, "abc", "-1"):
            assert api_client.post(f"{ORDERS}{missing}/{step}/").status_code == 404, missing

    def test_is_a_post(self, api_client, sign_in, make_order, customer, step):
        sign_in(is_staff=True, is_superuser=True)
        url = f"{ORDERS}{make_order(customer, 'paid').pk}/{step}/"

        responses = [getattr(api_client, name)(url) for name in ("get", "put", "patch", "delete")]

        assert [response.status_code for response in responses] == [405] * 4
        assert {response["Allow"] for response in responses} == {"POST, OPTIONS"}
        assert Order.objects.get().status == "paid"

    def test_has_a_form_in_the_browsable_api(self, sign_in, make_order, customer, step):
        order = make_order(customer, "paid")
        client = APIClient()
        client.force_authenticate(sign_in(is_staff=True, is_superuser=True))

        page = client.get(f"{ORDERS}{order.pk}/{step}/", HTTP_ACCEPT="text/html")

        assert page.status_code == 405
        assert 'name="reason"' in page.text
        assert "The customer reads it." in page.text


class TestReason:
    def test_that_is_none(self, sign_in, make_order, take, subtests):
        order = make_order(sign_in().customer)
        before = snapshot()

        for reason in ["x" * 256, "a\0b", None, [], {}, True]:
            with subtests.test(reason=reason):
                response = take(order, "cancel", reason=reason)

                assert response.status_code == 400
                assert set(response.json()) == {"reason"}
                assert snapshot() == before

    @pytest.mark.parametrize(("sent", "kept"), [("x" * 255, "x" * 255), (" 🛒 ", "🛒"), ("", "")])
    def test_is_kept(self, sign_in, make_order, take, sent, kept):
        order = make_order(sign_in().customer)

        assert take(order, "cancel", reason=sent).status_code == 200
        assert OrderStatusChange.objects.get().reason == kept
