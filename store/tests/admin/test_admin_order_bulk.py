"""Staff move many orders at once: the actions of the list, and what became of each order."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import DataError, OperationalError, connection
from model_bakery import baker
from pytest_django.asserts import assertContains, assertNotContains

from store.models import Order, OrderStatusChange, Product
from store.services.order_status import change_order_status
from store.services.orders import delete_order, write_order

from .forms import messages_in

pytestmark = pytest.mark.django_db

LIST = "/admin/store/order/"
STATUSES = ["paid", "shipped", "delivered", "pending", "refunded", "cancelled"]


def chosen(status, *orders, **fields):
    """Return what the list sends."""
    keys = [order.pk for order in orders]
    return {"action": f"move_to_{status}", "_selected_action": keys, "index": 0, **fields}


def confirmed(status, *orders, seen=None, **fields):
    """Return what the page that asks sends; `seen` stands for the statuses it showed."""
    keys = [order.pk for order in orders]
    shown = " ".join(f"{order.pk}:{seen or order.status}" for order in orders)
    form = {"action": f"move_to_{status}", "_selected_action": keys, "post": "yes", "seen": shown}
    return form | fields


def statuses(*orders):
    found = Order.objects.in_bulk([order.pk for order in orders])
    return [found[order.pk].status for order in orders]


@pytest.fixture
def orders(customer, product):
    """Three unpaid orders of two teapots; four are left."""
    orders = [Order(customer=customer) for _ in range(3)]
    for order in orders:
        write_order(order=order, quantities={product.pk: 2})
    return orders


class TestRights:
    def test_decide_what_is_offered(self, desk_client, orders):
        assert offered(desk_client) == {f"move_to_{status}" for status in STATUSES}

    @pytest.mark.parametrize("form", [chosen, confirmed])
    @pytest.mark.parametrize(
        ("right", "status"), [("change_order", "cancelled"), ("cancel_order", "paid")]
    )
    def test_lacking_refuse_a_forged_form(self, make_clerk, orders, form, right, status):
        clerk = make_clerk("view_order", right)
        assert f"move_to_{status}" not in offered(clerk)

        assert clerk.post(LIST, form(status, *orders)).status_code == 403

        assert statuses(*orders) == ["pending"] * 3
        assert Product.objects.get().inventory == 4

    def test_to_cancel_are_enough_to_cancel(self, make_clerk, orders):
        clerk = make_clerk("view_order", "cancel_order")
        assert offered(clerk) == {"move_to_cancelled"}

        clerk.post(LIST, confirmed("cancelled", *orders))

        assert statuses(*orders) == ["cancelled"] * 3


def offered(client):
    form = client.get(LIST).context["action_form"]
    names = {name for name, _ in form.fields["action"].choices} if form else set()
    return {name for name in names if name.startswith("move_to_")}


class TestConfirmation:
    def test_lists_the_orders_and_what_will_happen(self, admin_client, orders):
        page = admin_client.post(LIST, chosen("cancelled", *orders[:2]))

        assertContains(page, '<strong id="movable">2 orders</strong> will be cancelled.')
        assertContains(page, "The pieces go back to stock.")
        assertContains(page, "2 mails with the reason go out")
        for order in orders[:2]:
            assertContains(page, f">Order {order.pk}</a>")
        assertNotContains(page, f">Order {orders[2].pk}</a>")
        assert statuses(*orders) == ["pending"] * 3

    def test_says_which_will_stay(self, admin_client, orders):
        change_order_status(order=orders[0], status="paid")

        page = admin_client.post(LIST, chosen("shipped", *orders))

        assertContains(page, "1 order</strong> will be shipped, the others stay as they are.")
        assertContains(page, "stays pending", count=2)

    def test_has_no_button_where_nothing_can_be_done(self, admin_client, orders):
        page = admin_client.post(LIST, chosen("delivered", *orders))

        assertContains(page, "No order here can be delivered.")
        assertNotContains(page, "Yes, I’m sure")

    def test_takes_all_behind_the_page(self, admin_client, orders):
        page = admin_client.post(LIST, chosen("paid", orders[0], select_across=1))

        assertContains(page, 'name="_selected_action"', count=3)

    def test_costs_the_same_for_many(self, admin_client, customer, django_assert_num_queries):
        many = [baker.make(Order, customer=customer) for _ in range(60)]

        # Session, user, the count that bounds them, two of the list, the orders.
        with django_assert_num_queries(6):
            admin_client.post(LIST, chosen("paid", *many))

    def test_of_too_many_is_refused(self, admin_client, customer):
        Order.objects.bulk_create(Order(customer=customer) for _ in range(501))

        form = chosen("paid", Order.objects.first(), select_across=1)
        page = admin_client.post(LIST, form, follow=True)

        assert messages_in(page) == ["At most 500 can be changed at once. Nothing was changed."]

    def test_of_as_many_as_allowed_fits_into_a_form(self, admin_client, customer):
        Order.objects.bulk_create(Order(customer=customer) for _ in range(500))
        page = admin_client.post(LIST, chosen("paid", Order.objects.first(), select_across=1))
        seen = page.context["seen"]

        many = Order.objects.all()
        form = confirmed("delivered", *many, reason="") | {"seen": seen}
        page = admin_client.post(LIST, form, follow=True)

        assert messages_in(page)[0].startswith("500 orders were not delivered:")


def failing(order, error):
    """Return a wrapper of the database's statements in which the change of an order fails."""

    def execute_or_fail(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "store_order" in sql and order.pk in params:
            raise error
        return execute(sql, params, many, context)

    return execute_or_fail


class TestResults:
    def move(self, client, *args, **fields):
        return messages_in(client.post(LIST, confirmed(*args, **fields), follow=True))

    def test_of_all_that_were_moved(self, admin_client, admin_user, orders):
        messages = self.move(admin_client, "cancelled", *orders, reason="Closed.")

        assert messages == ["3 orders were cancelled."]
        assert statuses(*orders) == ["cancelled"] * 3
        assert Product.objects.get().inventory == 10
        steps = OrderStatusChange.objects.filter(to_status="cancelled", reason="Closed.")
        assert list(steps.values_list("changed_by", flat=True)) == [admin_user.pk] * 3
        assert LogEntry.objects.count() == 3

    def test_name_each_that_was_refused(self, admin_client, orders):
        change_order_status(order=orders[0], status="paid")
        change_order_status(order=orders[1], status="cancelled")
        shown = Order.objects.order_by("id")

        messages = self.move(admin_client, "paid", *shown)

        assert messages == [
            "2 orders were marked as paid.",
            f"1 order was not marked as paid:<br>Order {orders[0].pk}: The order is paid already.",
        ]
        assert statuses(*orders) == ["paid"] * 3
        assert Product.objects.get().inventory == 4

    def test_one_refusal_undoes_no_other(self, admin_client, orders):
        for order in orders:
            change_order_status(order=order, status="cancelled")
        # Enough for one of the three.
        Product.objects.update(inventory=3)

        messages = self.move(admin_client, "pending", *Order.objects.order_by("id"))

        refused = [f"Order {order.pk}: The stock does not cover the order." for order in orders[1:]]
        assert messages == [
            "1 order was taken up again.",
            "<br>".join(["2 orders were not taken up again:", *refused]),
        ]
        assert statuses(*orders) == ["pending", "cancelled", "cancelled"]
        assert Product.objects.get().inventory == 1

    def test_of_one_that_changed_since_it_was_shown(self, admin_client, orders):
        change_order_status(order=orders[0], status="paid")

        messages = self.move(admin_client, "cancelled", orders[0], orders[1], seen="pending")

        why = "The order has become paid meanwhile; read it again."
        assert messages[1] == f"1 order was not cancelled:<br>Order {orders[0].pk}: {why}"
        assert statuses(*orders) == ["paid", "cancelled", "pending"]

    def test_of_one_that_left_the_filtered_list(self, admin_client, orders):
        change_order_status(order=orders[0], status="cancelled")

        form = confirmed("paid", *orders, seen="pending")
        page = admin_client.post(f"{LIST}?status__exact=pending", form, follow=True)

        assert messages_in(page)[0] == "2 orders were marked as paid."
        assert f"Order {orders[0].pk}: The order has become cancelled" in messages_in(page)[1]

    def test_of_one_that_lost_its_race_for_locks(self, admin_client, orders):
        deadlock = OperationalError(1213, "Deadlock found when trying to get lock")

        with connection.execute_wrapper(failing(orders[1], deadlock)):
            messages = self.move(admin_client, "cancelled", *orders)

        why = "Others were changing the order or its products; please try again."
        refusal = f"1 order was not cancelled:<br>Order {orders[1].pk}: {why}"
        assert messages == ["2 orders were cancelled.", refusal]
        assert statuses(*orders) == ["cancelled", "pending", "cancelled"]
        assert Product.objects.get().inventory == 8

    @pytest.mark.parametrize("error", [DataError("out of range"), RuntimeError("of nobody's")])
    def test_of_one_that_failed_unforeseen(self, admin_client, orders, error, caplog):
        with connection.execute_wrapper(failing(orders[1], error)):
            messages = self.move(admin_client, "cancelled", *orders)

        why = "An unexpected error stopped it; nothing was changed, and the error is logged."
        refusal = f"1 order was not cancelled:<br>Order {orders[1].pk}: {why}"
        assert messages == ["2 orders were cancelled.", refusal]
        assert statuses(*orders) == ["cancelled", "pending", "cancelled"]
        assert Product.objects.get().inventory == 8
        assert f"Order {orders[1].pk} was not moved" in caplog.text

    def test_end_where_the_database_is_away(self, admin_client, orders):
        away = OperationalError(2006, "Server has gone away")

        with connection.execute_wrapper(failing(orders[1], away)), pytest.raises(OperationalError):
            self.move(admin_client, "cancelled", *orders)

        assert statuses(*orders) == ["cancelled", "pending", "pending"]
        assert Product.objects.get().inventory == 6

    def test_of_one_that_is_gone(self, admin_client, orders):
        form = confirmed("paid", *orders)
        delete_order(order=orders[0])

        page = admin_client.post(LIST, form, follow=True)

        assert "The order has been deleted meanwhile." in messages_in(page)[1]

    def test_name_only_the_first_of_many(self, admin_client, customer):
        many = [baker.make(Order, customer=customer) for _ in range(13)]

        (message,) = self.move(admin_client, "shipped", *many)

        lines = message.split("<br>")
        assert lines[0] == "13 orders were not shipped:"
        assert len(lines) == 12
        assert lines[-1] == "and 3 more"

    @pytest.mark.parametrize("seen", ["", "nonsense", ":", "1:2:3"])
    def test_of_a_form_without_what_was_shown(self, admin_client, orders, seen):
        form = confirmed("paid", orders[0]) | {"seen": seen}
        page = admin_client.post(LIST, form, follow=True)

        assert "1 order was not marked as paid:" in messages_in(page)[0]
        assert statuses(*orders) == ["pending"] * 3

    def test_need_a_sensible_reason(self, admin_client, orders):
        page = admin_client.post(LIST, confirmed("paid", *orders, reason="x" * 256))

        assert list(page.context["form"].errors) == ["reason"]
        assert statuses(*orders) == ["pending"] * 3
