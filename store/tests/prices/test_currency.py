"""A currency without decimals: nothing is priced, taxed or paid in parts of a yen."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command

from outbox.models import Mail
from store.models import Order, Payment, Product
from store.services.orders import write_order
from store.tests.admin.forms import product_form
from store.tests.payments.gateways import Ledger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _yen(settings):
    settings.STORE_CURRENCY = "JPY"


@pytest.fixture
def odd(make_product):
    """Products whose prices were stored in dollars."""
    prices = ["1.00", "10.49", "10.50", "99999999.99"]
    return [make_product(unit_price=Decimal(price)) for price in prices]


def stored_prices():
    return [
        str(price) for price in Product.objects.order_by("pk").values_list("unit_price", flat=True)
    ]


class TestAmounts:
    @pytest.fixture
    def product(self, make_product):
        return make_product(title="Teapot", unit_price=999)

    def test_are_whole_in_the_catalogue_and_the_cart(
        self, api_client, product, cart, make_promotion
    ):
        make_promotion(product, discount=0.15)
        cart.items.create(product=product, quantity=3)

        shown = api_client.get(f"/store/products/{product.pk}/").json()
        filled = api_client.get(f"/store/carts/{cart.pk}/").json()

        # 999 x 1.1 = 1098.9; 999 x 0.85 = 849.15, x 1.1 = 933.9.
        assert (shown["price_with_tax"], shown["price"]) == (1099, 849)
        assert (filled["total_price"], filled["tax"], filled["total"]) == (2547, 255, 2802)

    def test_are_whole_in_orders_mails_reports_and_the_admin(
        self, admin_client, api_client, authenticate, customer, make_product, product
    ):
        for sold in (product, make_product(unit_price=1000)):
            order = Order(customer=customer)
            write_order(order=order, quantities={sold.pk: 1})
        authenticate(is_staff=True)

        average = api_client.get("/store/reports/average_order/", HTTP_ACCEPT="text/csv")
        page = admin_client.get(f"/admin/store/order/{order.pk}/change/").content.decode()
        mail = Mail.objects.order_by("pk").first()

        # 999.5, rounded.
        assert average.content.decode().splitlines()[1].endswith(",1000,2,2,1999")
        assert "Total: 1099\n" in mail.text
        assert ">1099<" in mail.html
        assert ">1100<" in page
        assert ".00<" not in mail.html + page

    def test_go_whole_to_the_gateway(self, api_client, customer, product, settings):
        ledger = Ledger()
        settings.STORE_PAYMENT_GATEWAY = "store.tests.payments.gateways.LedgerGateway"
        settings.STORE_PAYMENT_GATEWAY_OPTIONS = {"ledger": ledger}
        order = Order(customer=customer)
        write_order(order=order, quantities={product.pk: 1})
        api_client.force_authenticate(user=customer.user)

        api_client.post(f"/store/orders/{order.pk}/payments/")

        (asked,) = ledger.asked
        assert (str(asked["amount"]), asked["currency"]) == ("1099", "JPY")
        assert Payment.objects.get().amount == 1099


class TestEntering:
    @pytest.mark.parametrize("price", ["10.50", 10.5, "10.01"])
    def test_a_price_in_parts_is_refused(self, api_client, authenticate, product, price):
        authenticate(is_staff=True)

        response = api_client.patch(
            f"/store/products/{product.pk}/", {"unit_price": price}, format="json"
        )

        assert response.status_code == 400
        assert response.json() == {"unit_price": ["Prices in JPY are multiples of 1."]}
        assert stored_prices() == ["10.00"]

    @pytest.mark.parametrize("price", ["12", "12.0", "12.00", 12.0])
    def test_zeros_are_no_parts(self, api_client, authenticate, product, price):
        authenticate(is_staff=True)

        response = api_client.patch(
            f"/store/products/{product.pk}/", {"unit_price": price}, format="json"
        )

        assert (response.status_code, response.json()["unit_price"]) == (200, 12)

    def test_in_the_admin(self, admin_client, make_product):
        product = make_product(unit_price=Decimal("10.50"))
        url = f"/admin/store/product/{product.pk}/change/"

        refused = admin_client.post(url, product_form(product, unit_price="11.50"))
        # One that was stored before is no reason to refuse another change.
        admin_client.post(url, product_form(product, title="Pot"))

        assert "Prices in JPY are multiples of 1." in refused.content.decode()
        assert stored_prices() == ["10.50"]
        assert Product.objects.get().title == "Pot"
        assert 'step="1"' in refused.content.decode()


class TestStoredPrices:
    def warnings(self):
        found = run_checks(databases=["default"])
        return [warning.msg for warning in found if warning.id == "store.W001"]

    def test_are_named_and_rounded(self, odd):
        named = f"product {odd[1].pk}: 10.49, product {odd[2].pk}: 10.50"
        (warning,) = self.warnings()
        assert warning.startswith(f"Stored prices with more decimals than JPY: 3 ({named}")

        out = StringIO()
        call_command("round_prices", stdout=out)

        assert out.getvalue() == "Prices rounded to the minor unit of JPY: 3.\n"
        assert stored_prices() == ["1.00", "10.00", "11.00", "99999999.00"]
        assert self.warnings() == []

    def test_stay_in_a_currency_with_cents(self, odd, settings):
        settings.STORE_CURRENCY = "EUR"
        before = stored_prices()

        call_command("round_prices", stdout=StringIO())

        assert (self.warnings(), stored_prices()) == ([], before)
