"""What staff read of the sales, through the API."""

from datetime import UTC, datetime, timedelta

import pytest

from store.models import Cart

from .conftest import YEAR

pytestmark = pytest.mark.django_db


class TestSales:
    def test_adds_up_each_day_in_utc(self, ask, sell, customer, product, make_product):
        other = make_product()
        sell(customer, (product, 2, "7.50"), (other, 1, "0.05"), day="2026-03-04", hour=0)
        sell(customer, (product, 1, "7.49"), day="2026-03-04", hour=23, status="P")
        sell(customer, (product, 1, "9.99"), day="2026-03-06")

        assert ask("sales", YEAR).json() == [
            {"period": "2026-03-04", "orders": 2, "pieces": 4, "total": 22.54},
            {"period": "2026-03-06", "orders": 1, "pieces": 1, "total": 9.99},
        ]

    def test_failed_orders_are_no_sales(self, ask, sell, customer, product):
        sell(customer, (product, 2, "7.50"), status="F")

        assert ask("sales", YEAR).json() == []

    def test_a_cancelled_order_is_no_sale_and_a_refunded_one_still_is(
        self, ask, sell, customer, product
    ):
        # Its pieces went out and stay sold; only its money went back.
        for stage in ("shipped", "delivered", "refunded"):
            sell(customer, (product, 1, "5"), stage=stage)
        sell(customer, (product, 9, "5"), status="F")

        figures = {"orders": 3, "pieces": 3, "total": 15}
        assert ask("sales", YEAR).json() == [{"period": "2026-03-04", **figures}]
        assert figures.items() <= ask("best_sellers", YEAR).json()[0].items()

    def test_totals_are_of_the_prices_paid(self, api_client, sign_in, ask, product, make_promotion):
        make_promotion(product, discount=0.25)
        cart = Cart.objects.create()
        cart.items.create(product=product, quantity=2)
        sign_in()
        order = api_client.post("/store/orders/", {"cart_id": cart.pk}).json()

        [row] = ask("sales").json()

        assert (order["items"][0]["list_price"], order["subtotal"]) == (10, 15)
        assert row["total"] == 15
        assert ask("average_order").json()["average"] == 15

    @pytest.mark.parametrize(
        ("by", "periods"),
        [
            ("day", ["2025-12-31", "2026-01-01", "2026-01-04", "2026-01-05"]),
            ("week", ["2025-12-29", "2026-01-05"]),
            ("month", ["2025-12-01", "2026-01-01"]),
        ],
    )
    def test_names_each_period_by_its_first_day(self, ask, sell, customer, product, by, periods):
        for day in ("2025-12-31", "2026-01-01", "2026-01-04", "2026-01-05"):
            sell(customer, (product, 1, "10"), day=day, hour=23)

        rows = ask("sales", f"?by={by}&from=2025-12-31&to=2026-01-05").json()

        assert [row["period"] for row in rows] == periods
        assert sum(row["orders"] for row in rows) == 4

    def test_takes_the_first_and_the_last_day_whole(self, ask, sell, customer, product):
        for day, hour in [("03-03", 23), ("03-04", 0), ("03-05", 23), ("03-06", 0)]:
            sell(customer, (product, 1, "10"), day=f"2026-{day}", hour=hour)

        rows = ask("sales", "?from=2026-03-04&to=2026-03-05").json()

        assert [row["period"] for row in rows] == ["2026-03-04", "2026-03-05"]

    def test_shows_the_last_thirty_days_unless_asked(self, ask, sell, customer, product):
        today = datetime.now(UTC).date()
        for ago in (30, 29, 0):
            sell(customer, (product, 1, "10"), day=str(today - timedelta(days=ago)))

        rows = ask("sales").json()

        assert [row["period"] for row in rows] == [str(today - timedelta(days=29)), str(today)]


class TestRankings:
    def test_best_sellers_are_those_of_most_pieces(
        self, ask, sell, customer, product, make_product
    ):
        dear, failed = make_product(title="Dear"), make_product()
        sell(customer, (product, 2, "1"), (dear, 1, "99"))
        sell(customer, (product, 1, "2"))
        sell(customer, (failed, 9, "1"), status="F")

        assert ask("best_sellers", YEAR).json() == [
            {"product": product.pk, "title": "Teapot", "orders": 2, "pieces": 3, "total": 4},
            {"product": dear.pk, "title": "Dear", "orders": 1, "pieces": 1, "total": 99},
        ]
        assert len(ask("best_sellers", f"{YEAR}&limit=1").json()) == 1

    def test_best_customers_are_those_of_the_highest_amount(
        self, ask, sell, customer, product, sign_in
    ):
        ann = sign_in(first_name="Ann", last_name="Lee").customer
        sell(customer, (product, 9, "1"))
        sell(ann, (product, 1, "5"))
        sell(ann, (product, 1, "5.50"))

        zoe = {"first_name": "", "last_name": "", "email": "zoe@example.com", "username": "zoe"}
        assert ask("best_customers", YEAR).json() == [
            {
                "customer": ann.pk,
                "username": "ann",
                "first_name": "Ann",
                "last_name": "Lee",
                "email": "ann@example.com",
                "orders": 2,
                "pieces": 2,
                "total": 10.5,
            },
            {"customer": customer.pk, **zoe, "orders": 1, "pieces": 9, "total": 9},
        ]

    def test_by_collection(self, ask, sell, customer, product, make_product, collection):
        lamp = make_product(collection=type(collection).objects.create(title="Lamps"))
        sell(customer, (product, 1, "5"), (lamp, 1, "20"))
        sell(customer, (product, 2, "5"))

        assert ask("by_collection", YEAR).json() == [
            {
                "collection": lamp.collection_id,
                "title": "Lamps",
                "orders": 1,
                "pieces": 1,
                "total": 20,
            },
            {
                "collection": collection.pk,
                "title": "Kitchen",
                "orders": 2,
                "pieces": 3,
                "total": 15,
            },
        ]

    def test_by_membership(self, ask, sell, customer, product, sign_in):
        type(customer).objects.filter(user=sign_in()).update(membership="G")
        gold = type(customer).objects.get(membership="G")
        for _ in range(2):
            sell(gold, (product, 1, "5"))
        sell(customer, (product, 1, "3"))

        assert ask("by_membership", YEAR).json() == [
            {"membership": "G", "customers": 1, "orders": 2, "pieces": 2, "total": 10},
            {"membership": "B", "customers": 1, "orders": 1, "pieces": 1, "total": 3},
        ]


def test_the_average_order_is_rounded_half_up(ask, sell, customer, product):
    for price in ("1.00", "1.01"):
        sell(customer, (product, 1, price))

    assert ask("average_order", YEAR).json() == {
        "from": "2026-01-01",
        "to": "2026-12-31",
        "average": 1.01,
        "orders": 2,
        "pieces": 2,
        "total": 2.01,
    }


class TestStock:
    def test_never_sold(self, ask, sell, customer, product, make_product):
        failed, new = make_product(title="B", inventory=3), make_product(title="A")
        sell(customer, (product, 1, "5"), day="2001-01-01")
        sell(customer, (failed, 1, "5"), status="F")

        assert ask("never_sold").json() == [
            {"id": new.pk, "title": "A", "inventory": 10, "unit_price": 10},
            {"id": failed.pk, "title": "B", "inventory": 3, "unit_price": 10},
        ]

    def test_low_stock_is_below_ten_unless_asked(self, ask, make_product):
        for inventory in (10, 9, 0, 50):
            make_product(inventory=inventory)

        assert [row["inventory"] for row in ask("low_stock").json()] == [0, 9]
        assert [row["inventory"] for row in ask("low_stock", "?below=9").json()] == [0]
        assert ask("low_stock", "?below=0").json() == []
        assert len(ask("low_stock", "?below=51&limit=3").json()) == 3
