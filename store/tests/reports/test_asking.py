"""Who may read a report, how it is asked for, and in which forms it comes."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storefront.tests.routes import REPORTS

from .conftest import YEAR
from .queries import selects

pytestmark = pytest.mark.django_db

UNTIMED = ("never_sold", "ever_sold", "low_stock", "prices")
TIMED = [name for name in REPORTS if name not in UNTIMED]
RANKED = ["best_sellers", "best_customers", "customers", "by_collection", *UNTIMED]
BIG = "9" * 5000


@pytest.fixture
def statuses(api_client):
    """Ask for each report and return the status of each response."""
    return lambda: {n: api_client.get(f"/store/reports/{n}/").status_code for n in REPORTS}


class TestWhoMay:
    def test_a_stranger_is_asked_to_sign_in(self, statuses):
        assert statuses() == dict.fromkeys(REPORTS, 401)

    def test_a_customer_may_not(self, statuses, authenticate):
        authenticate()

        assert statuses() == dict.fromkeys(REPORTS, 403)

    def test_staff_may(self, ask, subtests):
        for name in REPORTS:
            with subtests.test(name=name):
                response = ask(name)

                assert response.status_code == 200
                none = {"orders": 0, "pieces": 0, "total": 0, "average": None}
                assert response.json() == [] or none.items() <= response.json().items()

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_are_read_only(self, api_client, authenticate, method):
        authenticate(is_staff=True)

        responses = [getattr(api_client, method)(f"/store/reports/{name}/") for name in REPORTS]

        assert {response.status_code for response in responses} == {405}
        assert {response["Allow"] for response in responses} == {"GET, HEAD, OPTIONS"}


class TestRefusedQuery:
    def test_time_of_each(self, ask, subtests):
        for name in TIMED:
            with subtests.test(name=name):
                response = ask(name, "?from=2026-03-02&to=2026-03-01")

                assert response.status_code == 400
                assert list(response.json()) == ["to"]

    def test_time(self, ask, subtests):
        for query, field in [
            ("from=yesterday", "from"),
            ("to=2026-02-30", "to"),
            ("from=0001-01-01", "from"),
            ("to=9999-12-31", "to"),
            ("from=1990-01-01&to=2026-01-01", "from"),
        ]:
            with subtests.test(query=query, field=field):
                response = ask("average_order", f"?{query}")

                assert response.status_code == 400
                assert list(response.json()) == [field]

    def test_limit_of_each(self, ask, subtests):
        for name in RANKED:
            with subtests.test(name=name):
                response = ask(name, "?limit=101")

                assert response.status_code == 400
                assert list(response.json()) == ["limit"]

    def test_limit(self, ask, subtests):
        for limit in ["0", "many", "1.5", BIG]:
            with subtests.test(limit=limit):
                response = ask("best_sellers", f"?limit={limit}")

                assert response.status_code == 400
                assert list(response.json()) == ["limit"]

    def test_below(self, ask, subtests):
        for below in ["-1", "few", str(2**31), BIG]:
            with subtests.test(below=below):
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


class TestTable:
    def test_a_report_is_a_table_too(self, ask, sell, customer, product):
        sell(customer, (product, 2, "7.50"))

        response = ask("sales", f"{YEAR}&format=csv")

        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"] == 'attachment; filename="sales.csv"'
        assert response.content.decode() == (
            "\ufeffperiod,orders,pieces,total\r\n2026-03-04,1,2,15.00\r\n"
        )

    def test_to_who_accepts_it(self, ask):
        response = ask("average_order", YEAR, accept="text/csv")

        assert response.content.decode("utf-8-sig").splitlines() == [
            "from,to,average,orders,pieces,total",
            "2026-01-01,2026-12-31,,0,0,0.00",
        ]

    def test_an_empty_one_has_its_head(self, ask):
        response = ask("never_sold", "?format=csv")

        assert response.content.decode() == "\ufeffid,title,inventory,unit_price\r\n"

    @pytest.mark.parametrize("start", [*"=+-@\t\r＝＋－＠", " =", "\u3000＝"])
    def test_a_text_is_no_formula(self, ask, make_product, start):
        make_product(title=f"{start}cmd|'/c calc'!A1", inventory=1)

        table = ask("low_stock", "?format=csv").content.decode()

        assert f"'{start}cmd" in table

    def test_a_text_with_commas_and_quotes_stays_whole(self, ask, make_product):
        make_product(title='Lamp, "blue"', inventory=1)

        assert '"Lamp, ""blue"""' in ask("low_stock", "?format=csv").content.decode()


@pytest.mark.parametrize("name", REPORTS)
def test_costs_the_version_and_one_query(ask, name):
    with CaptureQueriesContext(connection) as first:
        ask(name)
    with CaptureQueriesContext(connection) as again:
        ask(name)
    assert [len(selects(queries)) for queries in (first, again)] == [2, 1]


def test_is_a_page_for_people_too(ask, sell, customer, product, subtests):
    sell(customer, (product, 1, "5"))

    for name in REPORTS:
        with subtests.test(name=name):
            response = ask(name, accept="text/html")

            assert response.status_code == 200
            assert response["Content-Type"] == "text/html; charset=utf-8"
