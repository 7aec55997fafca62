"""All amounts agree to the cent, whatever the prices, discounts, quantities and taxes."""

import json
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from store.models import MAX_QUANTITY, Cart, CartItem, Customer, Product, Promotion
from store.money import round_to_minor_unit, with_tax

CENT = Decimal("0.01")
UNIT_PRICES = st.decimals("1.00", "99999999.99", places=2)
# With up to four decimals, as the admin takes them.
DISCOUNTS = st.integers(0, 10_000).map(lambda number: number / 10_000)
QUANTITIES = st.integers(1, MAX_QUANTITY)
TAX_RATES = st.decimals(0, 1, places=4)
# A price, the discount of a promotion or none, a quantity.
LINES = st.lists(st.tuples(UNIT_PRICES, st.none() | DISCOUNTS, QUANTITIES), min_size=1, max_size=4)
LARGEST = (Decimal("99999999.99"), None, MAX_QUANTITY)

pure = settings(derandomize=True, database=None, max_examples=200, deadline=None)
# The examples share the fixtures: each rolls back the rows it makes.
through_the_shop = settings(
    pure, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def is_whole_cents(amount):
    return amount == amount.quantize(CENT)


def amounts_in(rows):
    """Collect all money of carts, orders and their lines; a discount is none."""
    for row in rows:
        yield from (value for value in row.values() if isinstance(value, Decimal))
        yield from amounts_in(row.get("items", []))


def priced(unit_price, discount):
    """Return a product, not saved, with a promotion that runs."""
    product = Product(unit_price=unit_price)
    product.running_promotions = [] if discount is None else [Promotion(discount=discount)]
    return product


class TestPrice:
    @pure
    @given(UNIT_PRICES, DISCOUNTS)
    def test_it_is_the_list_price_less_the_discount_to_the_nearest_cent(self, unit_price, discount):
        price = priced(unit_price, discount).price

        exact = unit_price * (10_000 - round(discount * 10_000)) / 10_000
        assert 0 <= price <= unit_price
        assert is_whole_cents(price)
        assert -CENT / 2 < price - exact <= CENT / 2

    @pure
    @given(UNIT_PRICES, DISCOUNTS, DISCOUNTS)
    def test_a_higher_discount_is_never_dearer(self, unit_price, one, other):
        low, high = sorted([one, other])

        assert priced(unit_price, high).price <= priced(unit_price, low).price

    @pure
    @given(UNIT_PRICES, QUANTITIES, TAX_RATES)
    def test_without_a_promotion_all_is_as_the_catalogue_shows_it(self, unit_price, quantity, rate):
        item = CartItem(product=priced(unit_price, None), quantity=quantity)

        with override_settings(STORE_TAX_RATE=rate):
            assert item.price == unit_price
            assert item.total_price == quantity * unit_price
            assert item.total_price + item.tax == quantity * item.product.price_with_tax


class TestLine:
    @pure
    @given(UNIT_PRICES, DISCOUNTS, QUANTITIES, TAX_RATES)
    def test_tax_and_price_are_the_price_with_tax(self, unit_price, discount, quantity, rate):
        item = CartItem(product=priced(unit_price, discount), quantity=quantity)

        with override_settings(STORE_TAX_RATE=rate):
            assert item.total_price + item.tax == quantity * with_tax(item.price)
            assert 0 <= item.tax <= item.total_price
            assert is_whole_cents(item.tax)


@pytest.mark.django_db
class TestCartAndOrder:
    @through_the_shop
    @example([LARGEST] * 4, Decimal(1))
    @example([(Decimal("1.00"), 1.0, 1)], Decimal(0))
    @given(LINES, TAX_RATES)
    def test_an_order_costs_what_its_cart_showed(self, api_client, user, collection, lines, rate):
        with override_settings(STORE_TAX_RATE=rate), transaction.atomic():
            cart, order = self.buy(api_client, self.fill(collection, lines))
            transaction.set_rollback(True)

        items = cart["items"]
        assert all(item["total_price"] == item["price"] * item["quantity"] for item in items)
        assert cart["total_price"] == sum(item["total_price"] for item in items)
        assert cart["tax"] + cart["total_price"] == cart["total"]
        assert cart["total"] == sum(
            item["quantity"] * round_to_minor_unit(item["price"] * (1 + rate)) for item in items
        )
        assert [order[name] for name in ("subtotal", "tax", "total")] == [
            cart[name] for name in ("total_price", "tax", "total")
        ]
        assert [line["unit_price"] for line in order["items"]] == [item["price"] for item in items]
        assert sum(line["tax"] for line in order["items"]) == cart["tax"]
        assert all(map(is_whole_cents, amounts_in([cart, order])))

    @pytest.fixture
    def user(self, sign_in):
        user = sign_in()
        Customer.objects.update(membership=Customer.MEMBERSHIP_GOLD)
        return user

    def fill(self, collection, lines):
        """Make a cart with a product, and its promotion, for each line; return its id."""
        cart = Cart.objects.create()
        for unit_price, discount, quantity in lines:
            product = Product.objects.create(
                title="Cup",
                slug="cup",
                unit_price=unit_price,
                inventory=quantity,
                collection=collection,
            )
            cart.items.create(product=product, quantity=quantity)
            if discount is not None:
                product.promotions.create(
                    description="Sale",
                    discount=discount,
                    starts_at=timezone.now(),
                    memberships="SG",
                )
        return str(cart.pk)

    def buy(self, api_client, cart_id):
        """Order a cart for what it shows; return the cart and the order."""
        cart = self.amounts(api_client.get(f"/store/carts/{cart_id}/"), 200)
        body = {"cart_id": cart_id, "expected_total": str(cart["total"])}
        return cart, self.amounts(api_client.post("/store/orders/", body, format="json"), 201)

    def amounts(self, response, status):
        """Return a body with its numbers as they are written, after a look at how they read."""
        assert response.status_code == status, response.content

        def read(text):
            amount = Decimal(text)
            # What a client makes of them, a binary fraction, still names the same cents.
            assert Decimal(str(float(text))) == amount
            return amount

        return json.loads(response.content, parse_float=read)
