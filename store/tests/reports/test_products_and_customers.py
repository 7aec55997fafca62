"""Reports of products and of customers: ranks, thresholds and prices."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from core.services.accounts import delete_account
from store.models import Collection

from .conftest import YEAR
from .queries import selects

pytestmark = pytest.mark.django_db

BIG = "9" * 5000
ALL = "?from=2025-01-01&to=2026-12-31"


@pytest.fixture
def make_customer():
    def make_customer(username, **names):
        return baker.make(
            get_user_model(), username=username, email=f"{username}@example.com", **names
        ).customer

    return make_customer


@pytest.fixture
def cup(make_product):
    return make_product(title="Cup", collection=baker.make(Collection, title="Drinks"))


class TestRefused:
    @pytest.mark.parametrize(
        ("report", "query"),
        [
            *((name, f"{field}={value}") for name in ("sales", "best_sellers") for field in ("product", "collection") for value in ("0", "-1", "cup", "1.5", str(2**63), BIG)),
            *(("prices", f"collection={value}") for value in ("0", "x", str(2**63), BIG)),
            ("best_sellers", "by=total"),
            ("best_sellers", "by=day"),
            ("sales", "by=pieces"),
            ("customers", "by=pieces"),
            ("customers", "by=-total"),
            *(("customers", f"customer={value}") for value in ("0", "ann", str(2**63), BIG)),
            *(("customers", f"min_orders={value}") for value in ("0", "-1", "1.5", str(2**31), BIG, "%00")),
            *(("customers", f"min_total={value}") for value in ("-0.01", "0.001", "NaN", "-Infinity", "1e30", "x", "9" * 900, "%00")),
            *(("customers", f"last_before={value}") for value in ("x", "2026-02-30", "3000-01-01", "1969-12-31", "%00")),
            *(("customers", f"last_after={value}") for value in ("x", "2026-03-04T00:00:00Z", "9999-12-31", "0001-01-01")),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("form", ["json", "csv"])
    def test_what_cannot_be_read(self, ask, report, query, form):
        response = ask(report, f"?{query}&format={form}")

        assert response.status_code == 400
        assert response["Content-Type"] == "application/json"
        assert list(response.json()) == [query.partition("=")[0]]

    def test_days_in_the_wrong_order(self, ask):
        response = ask("customers", "?from=2026-03-05&to=2026-03-04&min_orders=2")

        assert response.status_code == 400
        assert response.json() == {"to": ["Must not be before the first day."]}

    def test_nothing_is_read_for_it(self, ask):
        with CaptureQueriesContext(connection) as queries:
            assert ask("customers", "?min_total=-1").status_code == 400

        assert selects(queries) == []


class TestProducts:
    def test_sales_of_one_product_and_of_a_collection(self, ask, sell, customer, product, cup):
        sell(customer, (product, 2, "7.50"), (cup, 1, "3"), day="2026-03-04")
        sell(customer, (cup, 4, "3"), day="2026-04-01")

        of_cup = [
            {"period": "2026-03-01", "orders": 1, "pieces": 1, "total": 3},
            {"period": "2026-04-01", "orders": 1, "pieces": 4, "total": 12},
        ]
        month = f"{YEAR}&by=month"
        assert ask("sales", f"{month}&product={cup.pk}").json() == of_cup
        assert ask("sales", f"{month}&collection={cup.collection_id}").json() == of_cup
        both = f"{month}&product={cup.pk}&collection={product.collection_id}"
        assert ask("sales", both).json() == []
        assert ask("sales", f"{month}&product={2**63 - 1}").json() == []
        assert len(ask("sales", f"{month}&product=").json()) == 2

    def test_best_sellers_by_revenue(self, ask, sell, customer, product, cup):
        sell(customer, (product, 2, "7.50"), (cup, 4, "3"))

        by_pieces, by_revenue = (
            [row["title"] for row in ask("best_sellers", f"{YEAR}&by={by}").json()]
            for by in ("pieces", "revenue")
        )

        assert by_pieces == ["Cup", "Teapot"]
        assert by_revenue == ["Teapot", "Cup"]
        assert ask("best_sellers", f"{YEAR}&by=revenue&collection={cup.collection_id}").json() == [
            {"product": cup.pk, "title": "Cup", "orders": 1, "pieces": 4, "total": 12}
        ]

    def test_products_that_sold_alike_are_in_the_order_of_their_ids(
        self, ask, sell, customer, product, cup
    ):
        sell(customer, (cup, 1, "3"), (product, 1, "3"))

        rows = ask("best_sellers", f"{YEAR}&by=revenue").json()

        assert [row["product"] for row in rows] == sorted([product.pk, cup.pk])

    def test_ever_sold_by_title(self, ask, sell, customer, product, cup, make_product):
        make_product(title="Cancelled")
        sell(customer, (product, 1, "5"), day="2001-01-01")
        sell(customer, (cup, 1, "5"))
        sell(customer, (product, 1, "5"), (cup, 1, "5"), day="2020-01-01")
        sell(customer, (make_product(title="A plate"), 1, "5"), status="F")

        rows = ask("ever_sold").json()

        assert [row["title"] for row in rows] == ["Cup", "Teapot"]
        assert rows[0] == {"id": cup.pk, "title": "Cup", "inventory": 10, "unit_price": 10}
        assert [row["title"] for row in ask("ever_sold", "?limit=1").json()] == ["Cup"]


class TestPrices:
    def test_of_each_collection_by_title(self, ask, collection, make_product, cup):
        for price in ("1.00", "2.00", "2.00"):
            make_product(unit_price=Decimal(price))
        make_product(unit_price=Decimal(500), is_published=False)
        empty = baker.make(Collection, title="Empty")

        # 5 / 3 is rounded half-up.
        kitchen = {"collection": collection.pk, "title": "Kitchen", "products": 3}
        kitchen |= {"lowest": 1, "highest": 2, "average": 1.67}
        drinks = {"collection": cup.collection_id, "title": "Drinks", "products": 1}
        drinks |= {"lowest": 10, "highest": 10, "average": 10}
        assert ask("prices").json() == [drinks, kitchen]
        assert ask("prices", f"?collection={collection.pk}").json() == [kitchen]
        assert ask("prices", f"?collection={empty.pk}").json() == []
        assert ask("prices", "?limit=1").json() == [drinks]

    def test_as_a_table(self, ask, make_product):
        collection = baker.make(Collection, title='=HYPERLINK("x"), "y"')
        make_product(collection=collection, unit_price=Decimal("99999999.99"))

        assert ask("prices", "?format=csv").content.decode("utf-8-sig").splitlines() == [
            "collection,title,products,lowest,highest,average",
            f'{collection.pk},"\'=HYPERLINK(""x""), ""y""",1,99999999.99,99999999.99,99999999.99',
        ]


class TestCustomers:
    @pytest.fixture
    def buyers(self, make_customer, sell, product):
        """Ann bought twice for 20, Bob once for 30, Eve three times for 0.30, Max only cancelled."""
        ann, bob, eve, none = (make_customer(name) for name in ("ann", "bob", "eve", "max"))
        sell(ann, (product, 1, "5"), day="2025-02-01")
        sell(ann, (product, 1, "15"), day="2026-05-01", hour=23)
        sell(bob, (product, 2, "15"), day="2025-08-01", status="P")
        for day in ("2020-01-01", "2025-12-30", "2025-12-31"):
            sell(eve, (product, 1, "0.10"), day=day, hour=0)
        sell(none, (product, 9, "99"), status="F")
        return {"ann": ann.pk, "bob": bob.pk, "eve": eve.pk, "max": none.pk}

    @pytest.fixture
    def names(self, ask, buyers):
        def names(query):
            rows = ask("customers", "?" + query.format(**buyers)).json()
            return [row["username"] for row in rows]

        return names

    @pytest.mark.parametrize("by", ["orders", "last_order"])
    def test_orders_without_lines_take_no_place(self, ask, sell, make_customer, product, by):
        ann, bob = make_customer("ann"), make_customer("bob")
        sell(ann, (product, 1, "5"))
        for _ in range(2):
            sell(bob, day="2026-05-04")
        rows = ask("customers", f"{YEAR}&by={by}&limit=1").json()
        assert [row["customer"] for row in rows] == [ann.pk]

    @pytest.mark.parametrize(
        ("query", "listed"),
        [
            ("", "bob ann eve"),
            ("by=total", "bob ann eve"),
            ("by=orders", "eve ann bob"),
            ("by=last_order", "ann eve bob"),
            ("by=longest_ago", "bob eve ann"),
            ("by=orders&limit=1", "eve"),
            ("min_orders=2", "ann eve"),
            ("min_orders=3", "eve"),
            (f"min_orders={2**31 - 1}", ""),
            ("min_total=20", "bob ann"),
            ("min_total=20.01", "bob"),
            ("min_total=0.30", "bob ann eve"),
            ("min_total=0", "bob ann eve"),
            (f"min_total={'9' * 18}", ""),
            ("last_before=2025-12-31&by=longest_ago", "bob eve"),
            ("last_before=2025-12-30", "bob"),
            ("last_after=2025-12-31&by=last_order", "ann eve"),
            ("last_after=2026-05-01", "ann"),
            ("last_after=2026-05-02", ""),
            ("last_after=2025-08-01&last_before=2025-12-31&min_orders=3", "eve"),
            ("customer={ann}", "ann"),
            ("customer={max}", ""),
            ("customer={ann}&min_orders=3", ""),
            ("from=2025-08-01&to=2025-12-31&by=orders", "eve bob"),
            ("from=2026-01-01", "ann"),
            ("to=2020-12-31", "eve"),
            ("min_orders=&min_total=&last_before=&customer=&by=", "bob ann eve"),
        ],
    )
    def test_ranks_and_thresholds(self, names, query, listed):
        assert " ".join(names(query)) == listed

    @pytest.mark.parametrize("by", ["total", "orders", "last_order", "longest_ago"])
    def test_costs_the_version_and_two_queries(self, ask, buyers, by):
        with CaptureQueriesContext(connection) as queries:
            assert len(ask("customers", f"?by={by}").json()) == 3

        assert len(selects(queries)) == 3

    def test_a_row(self, ask, buyers):
        assert ask("customers", f"?customer={buyers['ann']}").json() == [
            {
                "customer": buyers["ann"],
                "username": "ann",
                "first_name": "",
                "last_name": "",
                "email": "ann@example.com",
                "last_order": "2026-05-01T23:00:00Z",
                "orders": 2,
                "pieces": 2,
                "total": 20,
            }
        ]

    def test_as_a_table_without_formulas(self, ask, make_customer, sell, product):
        ann = make_customer("ann", first_name="=1+1", last_name="Lee, Ann")
        sell(ann, (product, 1, "5"))

        lines = ask("customers", "?format=csv").content.decode("utf-8-sig").splitlines()

        assert lines == [
            "customer,username,first_name,last_name,email,last_order,orders,pieces,total",
            f'{ann.pk},ann,\'=1+1,"Lee, Ann",ann@example.com,2026-03-04T12:00:00Z,1,1,5.00',
        ]

    def test_a_deleted_account_is_counted_without_its_name(self, ask, make_customer, sell, product):
        ann = make_customer("ann", first_name="Ann", last_name="Lee")
        sell(ann, (product, 1, "5"))
        assert ask("customers").json()[0]["first_name"] == "Ann"

        delete_account(user=ann.user)

        response = ask("customers")
        [row] = response.json()
        assert (row["customer"], row["orders"], row["total"]) == (ann.pk, 1, 5)
        assert row["username"].startswith("deleted-")
        for told in (b"Ann", b"Lee", b"ann@example.com"):
            assert told not in response.content
