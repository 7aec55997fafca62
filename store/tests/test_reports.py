"""What staff read of the sales, through the API."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache

from store.models import Order

pytestmark = pytest.mark.django_db

REPORTS = [
    "sales",
    "best_sellers",
    "best_customers",
    "never_sold",
    "low_stock",
    "average_order",
    "by_collection",
    "by_membership",
]
TIMED = [name for name in REPORTS if name not in ("never_sold", "low_stock")]
RANKED = ["best_sellers", "best_customers", "never_sold", "low_stock", "by_collection"]
YEAR = "?from=2026-01-01&to=2026-12-31"
BIG = "9" * 5000


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ask(api_client, authenticate):
    """Ask for a report as staff."""

    def ask(name, query="", **headers):
        authenticate(is_staff=True)
        return api_client.get(f"/store/reports/{name}/{query}", headers=headers)

    return ask


@pytest.fixture
def sell():
    """Make an order of these lines: product, pieces, price."""

    def sell(customer, *lines, day="2026-03-04", hour=12, status="C"):
        order = Order.objects.create(customer=customer, payment_status=status)
        moment = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)
        Order.objects.filter(pk=order.pk).update(placed_at=moment)
        for product, pieces, price in lines:
            order.items.create(product=product, quantity=pieces, unit_price=Decimal(price))
        return order

    return sell


@pytest.mark.parametrize("name", REPORTS)
class TestWhoMay:
    def test_a_stranger_is_asked_to_sign_in(self, api_client, name):
        assert api_client.get(f"/store/reports/{name}/").status_code == 401

    def test_a_customer_may_not(self, api_client, authenticate, name):
        authenticate()

        assert api_client.get(f"/store/reports/{name}/").status_code == 403

    def test_staff_may(self, ask, name):
        response = ask(name)

        assert response.status_code == 200
        none = {"orders": 0, "pieces": 0, "total": 0, "average": None}
        assert response.json() == [] or none.items() <= response.json().items()

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_is_read_only(self, api_client, authenticate, name, method):
        authenticate(is_staff=True)

        response = getattr(api_client, method)(f"/store/reports/{name}/")

        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD, OPTIONS"


class TestRefusedQuery:
    @pytest.mark.parametrize("name", TIMED)
    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("from=yesterday", "from"),
            ("to=2026-02-30", "to"),
            ("from=2026-03-02&to=2026-03-01", "to"),
            ("from=0001-01-01", "from"),
            ("to=9999-12-31", "to"),
            ("from=1990-01-01&to=2026-01-01", "from"),
        ],
    )
    def test_time(self, ask, name, query, field):
        response = ask(name, f"?{query}")

        assert response.status_code == 400
        assert list(response.json()) == [field]

    @pytest.mark.parametrize("name", RANKED)
    @pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "1.5", BIG])
    def test_limit(self, ask, name, limit):
        response = ask(name, f"?limit={limit}")

        assert response.status_code == 400
        assert list(response.json()) == ["limit"]

    @pytest.mark.parametrize("below", ["-1", "few", str(2**31), BIG])
    def test_below(self, ask, below):
        response = ask("low_stock", f"?below={below}")

        assert response.status_code == 400
        assert list(response.json()) == ["below"]

    def test_an_unknown_period(self, ask):
        response = ask("sales", "?by=hour")

        assert response.status_code == 400
        assert response.json() == {"by": ['"hour" is not a valid choice.']}

    @pytest.mark.parametrize(
        ("by", "first", "days"),
        [("day", "2025-01-01", 366), ("week", "2015-01-01", 1830), ("month", "2010-01-01", 3660)],
    )
    def test_a_time_with_too_many_periods(self, ask, by, first, days):
        start = datetime.fromisoformat(first)
        longest, longer = (
            ask("sales", f"?by={by}&from={first}&to={(start + timedelta(days=more)).date()}")
            for more in (days - 1, days)
        )

        assert longest.status_code == 200
        assert longer.status_code == 400
        assert longer.json() == {"from": [f"At most {days} days at once."]}

    def test_is_told_in_json_to_who_wanted_a_table(self, ask):
        response = ask("sales", "?format=csv&by=hour")

        assert response.status_code == 400
        assert response["Content-Type"] == "application/json"
        assert list(response.json()) == ["by"]

    def test_an_empty_value_is_none(self, ask):
        assert ask("best_sellers", "?from=&to=&limit=").status_code == 200


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


class TestTable:
    def test_a_report_is_a_table_too(self, ask, sell, customer, product):
        sell(customer, (product, 2, "7.50"))

        response = ask("sales", f"{YEAR}&format=csv")

        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"] == 'attachment; filename="sales.csv"'
        assert response.content == b"period,orders,pieces,total\r\n2026-03-04,1,2,15.00\r\n"

    def test_to_who_accepts_it(self, ask):
        response = ask("average_order", YEAR, accept="text/csv")

        assert response.content.decode().splitlines() == [
            "from,to,average,orders,pieces,total",
            "2026-01-01,2026-12-31,,0,0,0.00",
        ]

    def test_an_empty_one_has_its_head(self, ask):
        response = ask("never_sold", "?format=csv")

        assert response.content == b"id,title,inventory,unit_price\r\n"

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
    def test_a_text_is_no_formula(self, ask, make_product, start):
        make_product(title=f"{start}cmd|'/c calc'!A1", inventory=1)

        table = ask("low_stock", "?format=csv").content.decode()

        assert f"'{start}cmd" in table

    def test_a_text_with_commas_and_quotes_stays_whole(self, ask, make_product):
        make_product(title='Lamp, "blue"', inventory=1)

        assert '"Lamp, ""blue"""' in ask("low_stock", "?format=csv").content.decode()


@pytest.mark.parametrize("name", REPORTS)
def test_costs_the_version_and_one_query(ask, name, django_assert_num_queries):
    with django_assert_num_queries(2):
        ask(name)
    with django_assert_num_queries(1):
        ask(name)


@pytest.mark.parametrize("name", REPORTS)
def test_is_a_page_for_people_too(ask, name, sell, customer, product):
    sell(customer, (product, 1, "5"))

    response = ask(name, accept="text/html")

    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"
