from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from pytest_django.asserts import assertContains

from store.models import Order, OrderItem, OrderStatusChange, Payment, Product, Promotion
from store.services.order_status import change_order_status
from store.services.orders import write_order
from store.signals import order_created

from .forms import errors_in, order_form, steps_of, titles_in

pytestmark = pytest.mark.django_db

LIST = "/admin/store/order/"
ADD = f"{LIST}add/"
IN_A_DAY = timezone.now() + timedelta(days=1)


def change_url(order):
    return f"{LIST}{order.pk}/change/"


class TestList:
    def test_shows_customer_statuses_and_total_with_tax(self, admin_client, order):
        change_order_status(order=order, status="paid")
        change_order_status(order=order, status="shipped")

        page = admin_client.get(LIST)

        assertContains(page, '<td class="field-customer nowrap">Ann Lee</td>')
        assertContains(page, '<td class="field-status">Shipped</td>')
        assertContains(page, '<td class="field-payment_status">Complete</td>')
        assertContains(page, '<td class="field-total_of_lines">33.00</td>')

    def test_an_order_without_lines_totals_nothing(self, admin_client, customer):
        Order.objects.create(customer=customer)

        assertContains(admin_client.get(LIST), '<td class="field-total_of_lines">0.00</td>')

    def test_sorts_by_total(self, admin_client, customer, product):
        orders = [Order(customer=customer) for _ in range(3)]
        for order, quantity in zip(orders, (2, 3, 1), strict=True):
            write_order(order=order, quantities={product.pk: quantity})

        titles = titles_in(admin_client.get(LIST, {"o": "-6"}))

        assert titles == [str(orders[index]) for index in (1, 0, 2)]

    @pytest.mark.parametrize("term", ["ann", "ANN@exam", "{pk}"])
    def test_finds_by_number_and_by_the_start_of_name_and_address(
        self, admin_client, order, make_customer, term
    ):
        other = Order.objects.create(customer=make_customer("joann"))

        found = titles_in(admin_client.get(LIST, {"q": term.format(pk=order.pk)}))

        assert found == [str(order)]
        assert str(other) not in found

    def test_finds_nothing_where_nothing_is(self, admin_client, order, subtests):
        for term in ["99999999999999999999", "9" * 5000, "²", "nobody"]:
            with subtests.test(term=term):
                assert titles_in(admin_client.get(LIST, {"q": term})) == []

    @pytest.mark.parametrize(
        ("field", "own", "other"), [("payment_status", "P", "C"), ("status", "pending", "paid")]
    )
    def test_filters_by_status(self, admin_client, order, field, own, other):
        assert titles_in(admin_client.get(LIST, {f"{field}__exact": own})) == [str(order)]
        assert titles_in(admin_client.get(LIST, {f"{field}__exact": other})) == []


class TestAdding:
    def test_takes_price_title_and_stock_from_the_product(self, admin_client, customer, product):
        form = order_form(customer, (product, 3))
        form["items-0-unit_price"] = "0.01"

        admin_client.post(ADD, form)

        line = Order.objects.get(customer=customer).items.get()
        assert (line.title, line.quantity, line.unit_price) == ("Teapot", 3, Decimal("10.00"))
        assert Product.objects.get().inventory == 7
        assert LogEntry.objects.get().object_id == str(line.order_id)

    def test_tells_other_apps_as_the_api_does(
        self, admin_client, customer, product, django_capture_on_commit_callbacks
    ):
        heard = []

        def listen(order, **kwargs):
            heard.append(order.pk)

        order_created.connect(listen)
        with django_capture_on_commit_callbacks(execute=True):
            admin_client.post(ADD, order_form(customer, (product, 1)))
        order_created.disconnect(listen)

        assert heard == [Order.objects.get().pk]

    def test_adds_up_one_product_in_two_lines(self, admin_client, customer, product):
        admin_client.post(ADD, order_form(customer, (product, 4), (product, 5)))

        assert OrderItem.objects.get().quantity == 9
        assert Product.objects.get().inventory == 1

    def test_starts_its_history(self, admin_client, admin_user, customer, product):
        admin_client.post(ADD, order_form(customer, (product, 1)))

        assert steps_of(Order.objects.get()) == [(None, "pending", admin_user.pk)]

    def test_may_be_paid_already(self, admin_client, admin_user, customer, product):
        form = order_form(customer, (product, 1)) | {"payment_status": "C"}
        admin_client.post(ADD, form)

        order = Order.objects.get()
        assert (order.payment_status, order.status) == ("C", "paid")
        assert steps_of(order) == [
            (None, "pending", admin_user.pk),
            ("pending", "paid", admin_user.pk),
        ]
        assert Product.objects.get().inventory == 9

    def test_costs_what_the_customer_pays_today(self, admin_client, customer, product):
        product.promotions.add(
            Promotion.objects.create(description="Sale", discount=0.2, ends_at=IN_A_DAY)
        )

        admin_client.post(ADD, order_form(customer, (product, 1)))

        line = OrderItem.objects.get()
        assert (line.list_price, line.unit_price, line.tax) == (10, 8, Decimal("0.80"))

    def test_shows_the_total_of_the_new_order(self, admin_client, customer, product):
        form = order_form(customer, (product, 3)) | {"_continue": "1"}

        page = admin_client.post(ADD, form, follow=True)

        for figure in ("30.00", "3.00", "33.00"):
            assertContains(page, f"<dd>{figure}")


class TestRefusedOrder:
    def refused(self, client, form, *errors):
        page = client.post(ADD, form)
        assert errors_in(page) == list(errors)
        assert not Order.objects.exists()
        assert not OrderStatusChange.objects.exists()
        assert not LogEntry.objects.exists()
        return page

    def test_keeps_the_input_and_says_how_many_there_are(self, admin_client, customer, product):
        page = self.refused(
            admin_client,
            order_form(customer, (product, 11)),
            "The stock does not cover the order.",
            "Only 10 in stock.",
        )

        assertContains(page, f'<option value="{customer.pk}" selected>Ann Lee</option>')
        assertContains(page, f'<option value="{product.pk}" selected>Teapot</option>')
        assertContains(page, 'name="items-0-quantity" value="11"')
        assert Product.objects.get().inventory == 10

    def test_takes_no_stock_of_the_lines_that_would_do(
        self, admin_client, customer, product, make_product
    ):
        scarce = make_product(inventory=1)
        self.refused(
            admin_client,
            order_form(customer, (product, 2), (scarce, 2)),
            "The stock does not cover the order.",
            "Only 1 in stock.",
        )

        assert set(Product.objects.values_list("inventory", flat=True)) == {10, 1}

    def test_names_each_line_of_a_product_that_is_short(self, admin_client, customer, product):
        self.refused(
            admin_client,
            order_form(customer, (product, 6), (product, 6)),
            "The stock does not cover the order.",
            "Only 10 in stock.",
            "Only 10 in stock.",
        )

    def test_holds_no_more_pieces_than_a_column(self, admin_client, customer, make_product):
        plenty = make_product(inventory=10**6)
        self.refused(
            admin_client,
            order_form(customer, (plenty, 32767), (plenty, 1)),
            "At most 32767 pieces of one product.",
            "At most 32767 pieces of one product.",
        )

    def test_needs_a_sensible_quantity(self, admin_client, customer, product, subtests):
        for quantity in ["0", "-1", "many", "", "1.5", "9" * 30]:
            with subtests.test(quantity=quantity):
                page = admin_client.post(ADD, order_form(customer, (product, quantity)))

                assert len(errors_in(page)) == 1
                assert not Order.objects.exists()

    def test_needs_a_line(self, admin_client, customer):
        self.refused(admin_client, order_form(customer), "An order has at least one line.")

    def test_has_at_most_ten_lines(self, admin_client, customer, make_product):
        lines = [(make_product(), 1) for _ in range(11)]
        self.refused(admin_client, order_form(customer, *lines), "An order has at most 10 lines.")

    def test_is_no_failed_one(self, admin_client, customer, product):
        self.refused(
            admin_client,
            order_form(customer, (product, 1)) | {"payment_status": "F"},
            "Select a valid choice. F is not one of the available choices.",
        )


class TestCustomerService:
    def test_adds_an_order(self, desk_client, customer, product):
        assertContains(desk_client.get(ADD), 'name="items-0-product"')

        desk_client.post(ADD, order_form(customer, (product, 3)))

        assert Order.objects.get().items.get().quantity == 3
        assert Product.objects.get().inventory == 7

    @pytest.mark.parametrize("field", ["orderitem&field_name=product", "order&field_name=customer"])
    def test_chooses_by_typing(self, desk_client, customer, product, field):
        query = f"app_label=store&model_name={field}&term="

        assert desk_client.get(f"/admin/autocomplete/?{query}").json()["results"]

    def test_reads_lines_history_and_payments(self, desk_client, order):
        change_order_status(order=order, status="paid", reason="In cash.")
        payment = Payment.objects.create(order=order, gateway="development", amount=33)

        page = desk_client.get(change_url(order))

        for shown in (">Teapot</a>", "In cash.", f">Payment {payment.pk}</a>"):
            assertContains(page, shown)
        assertContains(desk_client.get(f"/admin/store/payment/{payment.pk}/change/"), "33.00")

    def test_deletes_no_order(self, desk_client, order):
        assert desk_client.post(f"{LIST}{order.pk}/delete/", {"post": "yes"}).status_code == 403

        form = {"action": "delete_selected", "_selected_action": order.pk, "post": "yes"}
        desk_client.post(LIST, form)

        assert Order.objects.get() == order


class TestRights:
    def test_without_change_order_none_is_added_as_paid(self, make_clerk, customer, product):
        clerk = make_clerk("add_order", "view_order", "view_customer")

        page = clerk.post(ADD, {**order_form(customer, (product, 3)), "payment_status": "C"})

        assert errors_in(page) == ["Select a valid choice. C is not one of the available choices."]
        assert not Order.objects.exists()
        assert Product.objects.get().inventory == 10
        clerk.post(ADD, order_form(customer, (product, 3)))
        assert Order.objects.get().payment_status == "P"

    def test_delete_order_deletes_none_without_cancel_order(self, make_clerk, order):
        clerk = make_clerk("view_order", "change_order", "delete_order")

        assert clerk.post(f"{LIST}{order.pk}/delete/", {"post": "yes"}).status_code == 403
        form = {"action": "delete_selected", "_selected_action": order.pk, "post": "yes"}
        clerk.post(LIST, form)

        assert Order.objects.get() == order
        assert Product.objects.get().inventory == 7
