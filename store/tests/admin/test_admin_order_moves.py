"""Staff move one order along its life: the buttons on its page, and the page that asks first."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models.signals import post_save
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outbox.models import Mail
from store.admin.order_steps import STEPS
from store.models import Order, OrderStatusChange, Payment, Product
from store.services.order_status import COLUMNS, TRANSITIONS
from store.services.orders import delete_order

from .forms import messages_in, steps_of

pytestmark = [pytest.mark.once, pytest.mark.django_db]

LIST = "/admin/store/order/"
VERBS = {
    "pending": ["Mark as paid", "Cancel"],
    "paid": ["Ship", "Cancel"],
    "shipped": ["Deliver", "Refund"],
    "delivered": ["Refund"],
    "cancelled": ["Mark as paid", "Take up again"],
    "refunded": [],
}


def page_of(order):
    return f"{LIST}{order.pk}/change/"


def move_url(order, status):
    return f"{LIST}{order.pk}/move/{status}/"


def move(client, order, status, seen="pending", **fields):
    form = {"post": "yes", "seen": seen, **fields}
    return client.post(move_url(order, status), form, follow=True)


def put(order, status):
    """Set a status as plain SQL would."""
    Order.objects.filter(pk=order.pk).update(**COLUMNS[status])


def status_of(order):
    return Order.objects.get(pk=order.pk).status


def test_every_step_has_a_button():
    assert set(STEPS) == set().union(*TRANSITIONS.values())


class TestButtons:
    @pytest.mark.parametrize("status", VERBS)
    def test_are_those_that_may_follow(self, admin_client, order, status):
        put(order, status)

        page = admin_client.get(page_of(order))

        assert [step.verb for step in page.context["steps"]] == VERBS[status]
        assertContains(page, f"{LIST}{order.pk}/move/", count=len(VERBS[status]))

    @pytest.mark.parametrize(
        ("rights", "verbs"),
        [
            (["view_order"], []),
            (["view_order", "cancel_order"], ["Cancel"]),
            (["change_order"], ["Mark as paid"]),
            (["change_order", "cancel_order"], ["Mark as paid", "Cancel"]),
        ],
    )
    def test_are_those_that_somebody_may_press(self, make_clerk, order, rights, verbs):
        page = make_clerk(*rights).get(page_of(order))

        assert [step.verb for step in page.context["steps"]] == verbs

    def test_are_not_on_the_form_of_a_new_order(self, admin_client):
        assertNotContains(admin_client.get(f"{LIST}add/"), "order-steps")


class TestRights:
    @pytest.mark.parametrize(
        ("rights", "seen", "status"),
        [
            (["view_order"], "pending", "paid"),
            (["view_order", "cancel_order"], "pending", "paid"),
            (["view_order", "cancel_order"], "shipped", "refunded"),
            (["view_order", "cancel_order"], "cancelled", "pending"),
            (["change_order"], "pending", "cancelled"),
            (["cancel_order"], "pending", "cancelled"),
        ],
    )
    def test_lacking_refuse_page_and_form(self, make_clerk, order, rights, seen, status):
        put(order, seen)
        clerk = make_clerk(*rights)

        assert clerk.get(move_url(order, status)).status_code == 403
        assert move(clerk, order, status, seen=seen).status_code == 403

        assert status_of(order) == seen
        assert OrderStatusChange.objects.count() == 1

    def test_to_cancel_are_enough_to_cancel(self, make_clerk, order):
        move(make_clerk("view_order", "cancel_order"), order, "cancelled")

        assert status_of(order) == "cancelled"

    @pytest.mark.parametrize(("seen", "status"), [("pending", "paid"), ("pending", "cancelled")])
    def test_of_customer_service(self, desk_client, order, seen, status):
        move(desk_client, order, status, seen=seen)

        assert status_of(order) == status

    def test_are_asked_of_visitors(self, client, order):
        assert "/admin/login/" in move(client, order, "paid").redirect_chain[0][0]
        assert status_of(order) == "pending"


class TestConfirmation:
    @pytest.mark.parametrize(
        ("seen", "status", "stock", "money"),
        [
            ("pending", "paid", "The stock stays as it is.", "No money moves."),
            ("paid", "shipped", "The stock stays as it is.", "No money moves."),
            ("paid", "cancelled", "The pieces go back to stock.", "33.00 USD paid"),
            ("shipped", "refunded", "The pieces stay sold;", "33.00 USD paid"),
            ("cancelled", "pending", "are taken from stock again", "No money moves."),
        ],
    )
    def test_says_what_will_happen(self, admin_client, order, seen, status, stock, money):
        put(order, seen)
        Payment.objects.create(order=order, gateway="development", amount=33, status="succeeded")

        page = admin_client.get(move_url(order, status))

        assertContains(page, stock)
        assertContains(page, money)
        assertContains(page, "A mail with the reason goes to ann@example.com.")
        assertContains(page, f'name="seen" value="{seen}"')

    def test_says_that_no_money_is_known_and_no_address(self, admin_client, order):
        order.customer.user.email = ""
        order.customer.user.save()

        page = admin_client.get(move_url(order, "cancelled"))

        assertContains(page, "Nothing paid through a gateway goes back by itself;")
        assertContains(page, "No mail goes out: there is no address.")

    def test_writes_nothing(self, admin_client, order):
        assert admin_client.get(move_url(order, "paid")).status_code == 200

        assert status_of(order) == "pending"
        assert not LogEntry.objects.exists()

    def test_of_a_step_that_may_not_follow_is_refused(self, admin_client, order):
        page = admin_client.get(move_url(order, "shipped"), follow=True)

        assertRedirects(page, page_of(order))
        assert messages_in(page) == ["The order is pending now."]

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_of_an_order_that_is_gone_is_refused(self, admin_client, order, method):
        url = move_url(order, "paid")
        delete_order(order=order)

        page = getattr(admin_client, method)(url, follow=True)

        assertRedirects(page, LIST)
        assert messages_in(page) == ["The order has been deleted meanwhile."]

    @pytest.mark.parametrize("key", ["x", "9" * 30, "-1", "1/2"])
    def test_of_an_order_that_is_none_is_refused(self, admin_client, key):
        assertRedirects(admin_client.get(f"{LIST}{key}/move/paid/"), LIST)

    def test_of_a_step_that_is_none_is_not_there(self, admin_client, order):
        assert admin_client.get(move_url(order, "nowhere")).status_code == 404


class TestMoving:
    def test_pays_an_order_and_keeps_its_stock(self, admin_client, admin_user, order):
        page = move(admin_client, order, "paid", reason="In cash.")

        assertRedirects(page, page_of(order))
        assert messages_in(page) == [f"Order {order.pk} was marked as paid."]
        assert steps_of(order) == [(None, "pending", None), ("pending", "paid", admin_user.pk)]
        assert order.status_changes.first().reason == "In cash."
        assert Product.objects.get().inventory == 7
        assert LogEntry.objects.get().object_id == str(order.pk)

    def test_tells_the_customer_why(self, admin_client, order):
        Mail.objects.all().delete()

        move(admin_client, order, "cancelled", reason="Sold out, sorry.")

        mail = Mail.objects.get()
        assert mail.recipient == "ann@example.com"
        assert "Sold out, sorry." in mail.text

    def test_gives_the_stock_back_once(self, admin_client, order):
        for _ in range(2):
            page = move(admin_client, order, "cancelled")

        assert messages_in(page) == ["The order is cancelled already."]
        assert Product.objects.get().inventory == 10
        assert len(steps_of(order)) == 2
        assert LogEntry.objects.count() == 1

    @pytest.mark.parametrize("status", ["paid", "pending"])
    def test_takes_a_cancelled_order_up_again(self, admin_client, order, status):
        move(admin_client, order, "cancelled")

        move(admin_client, order, status, seen="cancelled")

        assert status_of(order) == status
        assert Product.objects.get().inventory == 7

    @pytest.mark.parametrize("status", ["paid", "pending"])
    def test_a_cancelled_order_without_stock_stays_cancelled(self, admin_client, order, status):
        move(admin_client, order, "cancelled")
        Product.objects.update(inventory=2)

        page = move(admin_client, order, status, seen="cancelled")

        assert messages_in(page) == ["The stock does not cover the order."]
        assert status_of(order) == "cancelled"
        assert Product.objects.get().inventory == 2
        assert len(steps_of(order)) == 2

    def test_walks_the_whole_way(self, admin_client, order):
        way = ["pending", "paid", "shipped", "delivered", "refunded"]
        for seen, status in zip(way, way[1:], strict=False):
            move(admin_client, order, status, seen=seen)

        assert [to for _, to, _ in steps_of(order)] == way
        assert Product.objects.get().inventory == 7

    @pytest.mark.parametrize("seen", ["pending", "", "nonsense"])
    def test_refuses_a_page_that_is_out_of_date(self, admin_client, order, seen):
        put(order, "paid")

        page = move(admin_client, order, "cancelled", seen=seen)

        assert messages_in(page) == ["The order has become paid meanwhile; read it again."]
        assert status_of(order) == "paid"
        assert Product.objects.get().inventory == 7
        assert not LogEntry.objects.exists()

    def test_refuses_a_step_that_may_not_follow(self, admin_client, order):
        put(order, "shipped")

        page = move(admin_client, order, "cancelled", seen="shipped")

        assert messages_in(page) == ["An order cannot go from shipped to cancelled."]
        assert status_of(order) == "shipped"

    @pytest.mark.parametrize("reason", ["x" * 256, "a\0b"])
    def test_asks_again_for_a_reason_that_is_none(self, admin_client, order, reason):
        page = move(admin_client, order, "paid", reason=reason)

        assert list(page.context["form"].errors) == ["reason"]
        assertContains(page, "Please correct the error below.")
        assert status_of(order) == "pending"

    def test_is_not_made_where_it_cannot_be_logged(self, admin_client, order):
        def fail(**kwargs):
            raise RuntimeError

        post_save.connect(fail, sender=LogEntry)
        with pytest.raises(RuntimeError):
            move(admin_client, order, "cancelled")
        post_save.disconnect(fail, sender=LogEntry)

        assert status_of(order) == "pending"
        assert Product.objects.get().inventory == 7

    def test_goes_back_to_the_list_as_it_was_filtered(self, admin_client, order):
        filters = "?_changelist_filters=status__exact%3Dpending"
        page = admin_client.get(page_of(order) + filters)
        assertContains(page, move_url(order, "paid") + filters)

        done = admin_client.post(move_url(order, "paid") + filters, {"seen": "pending"})

        assertRedirects(done, page_of(order) + filters)
