"""Which promotion prices a product: by its dates, by who asks, and the best of several."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from store.models import Customer, Product, Promotion

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
MEMBERSHIPS = ["B", "S", "G"]


@pytest.fixture
def price(api_client, product):
    """Ask for the price of a product, of 10.00 without a promotion."""
    return lambda: api_client.get(f"/store/products/{product.pk}/").json()["price"]


@pytest.fixture
def it_is_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.mark.usefixtures("it_is_noon")
class TestDates:
    @pytest.mark.parametrize(
        ("starts_at", "ends_at"),
        [
            (None, None),
            (NOON + INSTANT, None),
            (NOON + INSTANT, NOON + DAY),
            (None, NOON),
            (NOON - DAY, NOON),
            (NOON - DAY, NOON - INSTANT),
        ],
    )
    def test_outside_of_its_dates_it_prices_nothing(
        self, price, product, make_promotion, starts_at, ends_at
    ):
        make_promotion(product, starts_at=starts_at, ends_at=ends_at)

        assert price() == 10

    @pytest.mark.parametrize(
        ("starts_at", "ends_at"),
        [
            (NOON, None),
            (NOON, NOON + INSTANT),
            (None, NOON + INSTANT),
            (NOON - DAY, NOON + DAY),
            (NOON - DAY, None),
        ],
    )
    def test_from_its_start_until_its_end_it_runs(
        self, price, product, make_promotion, starts_at, ends_at
    ):
        make_promotion(product, starts_at=starts_at, ends_at=ends_at)

        assert price() == 8


class TestMemberships:
    @pytest.mark.parametrize(
        ("memberships", "cheaper"),
        [
            ("", [None, "B", "S", "G"]),
            ("B", ["B"]),
            ("S", ["S"]),
            ("G", ["G"]),
            ("BS", ["B", "S"]),
            ("BG", ["B", "G"]),
            ("SG", ["S", "G"]),
            ("BSG", ["B", "S", "G"]),
        ],
    )
    def test_it_is_for_those_it_names_or_for_everybody(
        self, sign_in, price, product, make_promotion, memberships, cheaper
    ):
        make_promotion(product, memberships=memberships)
        prices = {None: price()}
        sign_in()
        for membership in MEMBERSHIPS:
            Customer.objects.update(membership=membership)
            prices[membership] = price()

        assert [asker for asker, paid in prices.items() if paid == 8] == cheaper
        assert set(prices.values()) <= {8, 10}

    def test_a_user_without_a_profile_counts_as_bronze(
        self, sign_in, price, product, make_promotion
    ):
        make_promotion(product, memberships="SG", discount=0.9)
        make_promotion(product, memberships="B", discount=0.3)
        sign_in().customer.delete()

        assert price() == 7
        assert not Customer.objects.exists()

    @pytest.mark.parametrize("user", [{}, get_user_model()(is_staff=True)], ids=str)
    def test_who_has_no_row_counts_as_a_visitor(
        self, api_client, price, product, make_promotion, user
    ):
        make_promotion(product, memberships="BSG", discount=0.9)
        make_promotion(product, discount=0.1)
        api_client.force_authenticate(user=user)

        assert price() == 9

    def test_membership_of_staff_is_their_own(self, sign_in, price, product, make_promotion):
        make_promotion(product, memberships="G")
        sign_in(is_staff=True, is_superuser=True)

        assert price() == 10


class TestBest:
    @pytest.fixture
    def promotion_id(self, api_client, product):
        """Ask which promotion prices the product."""
        return lambda: api_client.get(f"/store/products/{product.pk}/").json()["promotion"]["id"]

    def test_the_highest_discount_wins(self, promotion_id, price, product, make_promotion):
        make_promotion(product, discount=0.1)
        best = make_promotion(product, discount=0.5)
        make_promotion(product, discount=0.3)

        assert (promotion_id(), price()) == (best.pk, 5)

    def test_of_equal_ones_the_first_made_wins(self, promotion_id, product, make_promotion):
        make_promotion(product, discount=0.1)
        first, _ = [make_promotion(product, discount=0.5) for _ in "ab"]

        assert promotion_id() == first.pk

    def test_one_that_does_not_count_does_not_win(
        self, promotion_id, product, make_product, make_promotion
    ):
        make_promotion(product, discount=1, memberships="G")
        make_promotion(product, discount=1, starts_at=timezone.now() + DAY)
        make_promotion(product, discount=1, starts_at=None)
        make_promotion(make_product(), discount=1)
        running = make_promotion(product, discount=0.1)

        assert promotion_id() == running.pk


class TestDiscount:
    @pytest.mark.parametrize(
        ("unit_price", "discount", "shown"),
        [
            ("10.00", 0, 10),
            ("10.00", 1, 0),
            ("9999.99", 1, 0),
            ("1.00", 0.9999, 0),
            ("1.00", 0.995, 0.01),
            # As binary fractions, half a cent would be a little less and be rounded down.
            ("10.05", 0.1, 9.05),
            ("10.05", 0.5, 5.03),
            ("9999.99", 0.0001, 9998.99),
        ],
    )
    def test_the_price_is_rounded_half_up(
        self, price, product, make_promotion, unit_price, discount, shown
    ):
        Product.objects.update(unit_price=unit_price)
        make_promotion(product, discount=discount)

        assert price() == shown


class TestChange:
    """The next request shows it."""

    @pytest.fixture
    def promotion(self, product, make_promotion):
        return make_promotion(product, memberships="SG")

    def test_of_the_membership(self, sign_in, price, promotion):
        sign_in()
        before = price()
        Customer.objects.update(membership="S")

        assert (before, price()) == (10, 8)

    @pytest.mark.parametrize(
        ("fields", "shown"),
        [
            ({"discount": 0.5}, 5),
            ({"memberships": "G"}, 10),
            ({"starts_at": None, "ends_at": LONG_AGO}, 10),
            ({"starts_at": None}, 10),
        ],
        ids=str,
    )
    def test_of_the_promotion(self, sign_in, price, promotion, fields, shown):
        sign_in()
        Customer.objects.update(membership="S")
        before = price()
        Promotion.objects.update(**fields)

        assert (before, price()) == (8, shown)

    @pytest.mark.parametrize("change", ["delete", "products.clear"])
    def test_of_its_end(self, sign_in, price, promotion, change):
        sign_in()
        Customer.objects.update(membership="G")
        before = price()
        promotion.products.clear() if change == "products.clear" else promotion.delete()

        assert (before, price()) == (8, 10)

    def test_of_the_list_price(self, price, product, make_promotion):
        make_promotion(product)
        Product.objects.update(unit_price=20)

        assert price() == 16
