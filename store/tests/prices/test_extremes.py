"""The dearest product in the largest quantity, on more lines than anybody buys: sums fit, to the cent."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import DataError, transaction

from store.models import MAX_QUANTITY, Order, Payment, Product
from store.models.catalog import MAX_INVENTORY
from store.services.order_status import change_order_status
from store.services.orders import write_order
from store.tests.admin.forms import product_form
from storefront.renderers.json import JSONRenderer

pytestmark = pytest.mark.django_db

DEAREST = Decimal("99999999.99")
LINES = 10
SUBTOTAL = LINES * MAX_QUANTITY * DEAREST
# An amount for which a float has no digit left.
SUM = Decimal("987654321098765432.19")


@pytest.fixture
def order(customer, make_product):
    """An order of ten lines, each of them the largest."""
    products = [make_product(unit_price=DEAREST, inventory=MAX_QUANTITY) for _ in range(LINES)]
    order = Order(customer=customer)
    write_order(order=order, quantities={product.pk: MAX_QUANTITY for product in products})
    return Order.objects.with_items().get()


@pytest.fixture
def exact(api_client):
    """Read a body with its numbers as they are written."""

    def exact(url, **query):
        response = api_client.get(url, query)
        assert response.status_code == 200, response.content
        return json.loads(response.content, parse_float=Decimal)

    return exact


class TestSums:
    @pytest.fixture(autouse=True)
    def _tax(self, settings):
        settings.STORE_TAX_RATE = Decimal("0.25")

    def test_of_an_order_and_its_payment(self, exact, api_client, order):
        total = SUBTOTAL + LINES * MAX_QUANTITY * Decimal("25000000.00")
        api_client.force_authenticate(user=order.customer.user)

        body = exact(f"/store/orders/{order.pk}/")
        paid = api_client.post(f"/store/orders/{order.pk}/payments/")

        assert (order.total, body["subtotal"], body["total"]) == (total, SUBTOTAL, total)
        assert paid.status_code == 201
        assert Payment.objects.get().amount == total
        assert exact(f"/store/orders/{order.pk}/payments/")[0]["amount"] == total

    def test_of_reports_and_of_the_admin(
        self, exact, admin_client, api_client, authenticate, order
    ):
        authenticate(is_staff=True)
        today = datetime.now(UTC).date().isoformat()

        sales = exact("/store/reports/sales/")
        average = exact("/store/reports/average_order/", **{"from": today})
        page = admin_client.get("/admin/store/order/")

        assert (sales[0]["pieces"], sales[0]["total"]) == (LINES * MAX_QUANTITY, SUBTOTAL)
        assert average["average"] == SUBTOTAL
        assert str(order.total) in page.content.decode()

    def test_of_a_catalogue_and_a_cart(self, exact, cart, make_product):
        product = make_product(unit_price=DEAREST)
        cart.items.create(product=product, quantity=MAX_QUANTITY)

        (found,) = exact("/store/products/", price_min="99999999.99")["results"]
        shown = exact(f"/store/carts/{cart.pk}/")

        assert (found["unit_price"], found["price_with_tax"]) == (DEAREST, Decimal("124999999.99"))
        assert shown["total"] == MAX_QUANTITY * Decimal("124999999.99")


@pytest.mark.parametrize("amount", [SUM, -SUM, Decimal("10.50"), Decimal("0.00")])
def test_json_names_every_digit(amount):
    written = JSONRenderer().render([amount])

    assert json.loads(written, parse_float=Decimal) == [amount]


class TestStock:
    def test_of_any_size_takes_pieces_back(self, api_client, sign_in, customer, make_product):
        product = make_product(inventory=10)
        order = Order(customer=customer)
        write_order(order=order, quantities={product.pk: 3})
        Product.objects.update(inventory=2**31 - 1)

        change_order_status(order=order, status="cancelled")

        assert Product.objects.get().inventory == 2**31 + 2
        assert api_client.get(f"/store/products/{product.pk}/").json()["inventory"] == 2**31 + 2

    def test_above_the_limit_is_kept_by_a_form_that_changes_something_else(
        self, admin_client, product
    ):
        Product.objects.update(inventory=MAX_INVENTORY + 3)
        product.refresh_from_db()
        url = f"/admin/store/product/{product.pk}/change/"

        admin_client.post(url, product_form(product, title="Big teapot"))
        entered = product_form(product, inventory=MAX_INVENTORY + 1)
        refused = admin_client.post(url, entered)

        stored = Product.objects.get()
        assert (stored.title, stored.inventory) == ("Big teapot", MAX_INVENTORY + 3)
        assert "less than or equal to 1000000000" in refused.content.decode()


def test_a_number_beyond_every_column_is_an_error_in_the_data(product):
    with pytest.raises(DataError), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(inventory=10**20)
