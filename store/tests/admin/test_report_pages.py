"""The reports as pages of the admin, and the files of what they show."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertNotContains

from store.admin.report_definitions import DEFINITIONS
from store.admin.report_pickers import PERIODS
from store.models import Order
from store.services import report_limits
from storefront.tests.routes import REPORTS

pytestmark = [pytest.mark.once, pytest.mark.django_db]

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def sell(customer, product):
    def sell(moment, pieces=1, price="10", of=None, status="C"):
        order = Order.objects.create(customer=customer, payment_status=status)
        placed_at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        Order.objects.filter(pk=order.pk).update(placed_at=placed_at)
        order.items.create(product=of or product, quantity=pieces, unit_price=Decimal(price))
        return order

    return sell


@pytest.fixture
def show(admin_client):
    """Ask for the page of a report."""

    def show(name, **query):
        return admin_client.get(f"/admin/reports/{name}/", query)

    return show


def table(page: Any) -> list[list[str]]:
    columns = [column.label for column in page.context["columns"]]
    return [columns, *([cell["text"] for cell in cells] for cells in page.context["rows"])]


class TestTable:
    def test_every_report_of_the_api_is_a_page(self, show, admin_client, sell):
        sell("2026-03-04")
        assert {*DEFINITIONS} == {*REPORTS}

        index = admin_client.get("/admin/reports/")

        for name in REPORTS:
            assertContains(index, f"/admin/reports/{name}/")
            assert show(name).status_code == 200

    def test_sales_of_each_day(self, show, sell):
        sell("2026-03-04T00:00", pieces=200)
        sell("2026-03-04T23:59:59")
        sell("2026-03-05T00:00", status="P")
        sell("2026-03-05", status="F")

        page = show("sales", **MARCH)

        assert table(page) == [
            ["Day", "Orders", "Pieces", "Revenue (USD)"],
            ["2026-03-04", "2", "201", "2,010.00"],
            ["2026-03-05", "1", "1", "10.00"],
        ]
        assertContains(page, "USD 2,020.00")
        assertContains(page, '<th scope="col" class="is-number">Orders</th>')
        assert len(page.context["chart"].bars) == 31

    @pytest.mark.parametrize("by", ["day", "week", "month"])
    def test_a_period_leads_to_its_orders(self, show, admin_client, sell, by):
        for moment in ("2026-02-28T23:59", "2026-03-01", "2026-03-02", "2026-03-31T23:59"):
            sell(moment)
        sell("2026-03-04", status="F")

        page = show("sales", by=by, **MARCH)

        found = [
            admin_client.get(cells[0]["url"]).context["cl"].queryset.count()
            for cells in page.context["rows"]
        ]
        assert found == [int(cells[1]["text"]) for cells in page.context["rows"]]
        assert sum(found) == 3

    def test_a_row_leads_to_what_it_is_of(self, show, sell, product, customer):
        sell("2026-03-04")

        assertContains(show("best_sellers", **MARCH), f"/admin/store/product/{product.pk}/change/")
        assertContains(show("customers"), f"/admin/store/customer/{customer.pk}/change/")

    def test_what_ranks_is_drawn(self, show, sell, make_product):
        sell("2026-03-04", pieces=1, price=100)
        sell("2026-03-04", pieces=3, price=1, of=make_product(title="Cup"))

        for by, drawn in (("pieces", ["Cup", "Teapot"]), ("revenue", ["Teapot", "Cup"])):
            chart = show("best_sellers", by=by, **MARCH).context["chart"]
            assert [bar.point.label for bar in chart.bars] == drawn
            assert chart.bars[0].width == 100

    def test_nothing_sold_is_said(self, show):
        page = show("sales", **MARCH)

        assertContains(page, "There is nothing to list")
        assert page.context["chart"] is None

    def test_the_average_of_nothing_is_a_dash(self, show):
        assert table(show("average_order", **MARCH))[1][2] == "–"


class TestPeriods:
    @pytest.mark.parametrize(
        ("name", "days"),
        [
            ("today", ((2026, 1, 5), (2026, 1, 5))),
            ("7-days", ((2025, 12, 30), (2026, 1, 5))),
            ("30-days", ((2025, 12, 7), (2026, 1, 5))),
            ("month", ((2026, 1, 1), (2026, 1, 5))),
            ("last-month", ((2025, 12, 1), (2025, 12, 31))),
            ("year", ((2026, 1, 1), (2026, 1, 5))),
        ],
    )
    def test_the_usual_ones(self, name, days):
        assert PERIODS[name][1](date(2026, 1, 5)) == tuple(date(*day) for day in days)

    def test_one_is_picked_and_marked(self, show, sell):
        page = show("best_sellers", period="last-month", by="revenue")

        [current] = [each for each in page.context["picker"].presets if each["is_current"]]
        assert current == {
            "label": "Last month",
            "url": "?by=revenue&limit=25&period=last-month",
            "is_current": True,
        }

    def test_typed_days_go_before_a_picked_period(self, show, sell):
        sell("2026-03-04")

        assert len(table(show("sales", period="today", **MARCH))) == 2

    def test_customers_are_of_all_time_unless_asked(self, show, sell):
        sell("2001-03-04")

        assert len(table(show("customers"))) == len(table(show("customers", period="all"))) == 2
        assert len(table(show("customers", period="30-days"))) == 1

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ({"from": "yesterday"}, "Date has wrong format"),
            ({"from": "2026-03-31", "to": "2026-03-01"}, "Must not be before the first day."),
            ({"from": "2020-01-01", "to": "2026-03-01"}, "At most 366 days at once."),
            ({"to": "2026-02-30"}, "Date has wrong format"),
            ({"from": "0001-01-01"}, "Ensure this value is greater than or equal to 1970-01-01"),
            ({"by": "hour"}, "&quot;hour&quot; is not a valid choice."),
            ({"product": "x"}, "Select a valid choice."),
            ({"product": "9" * 30}, "Select a valid choice."),
            ({"period": "eternity"}, "There is no such period"),
        ],
    )
    def test_what_cannot_be_read_is_told(self, show, query, message):
        page = show("sales", **query)

        assertContains(page, message, status_code=400)
        assertContains(page, "Please correct what is marked below", status_code=400)
        assertNotContains(page, "There is nothing to list", status_code=400)


class TestFiles:
    def test_csv_holds_what_the_page_shows(self, show, sell, customer):
        sell("2026-03-04T05:06", pieces=200)

        page = show("customers", download="csv", **MARCH)

        assert page["Content-Disposition"] == 'attachment; filename="customers.csv"'
        rows = [*csv.reader(StringIO(page.content.decode("utf-8-sig")))]
        columns = table(show("customers", **MARCH))[0]
        assert rows[0] == columns
        expected = [str(customer.pk), "ann", "Ann", "Lee", "ann@example.com"]
        assert rows[1][:5] == expected
        assert rows[1][6:] == ["1", "200", "2000.00"]

    def test_numbers_and_times_of_a_workbook_are_such(self, show, sell, customer):
        sell("2026-03-04T05:06", pieces=200)

        sheet = workbook(show("customers", download="xlsx", **MARCH)).active

        assert sheet.title == "Customers who bought"
        assert [cell.value for cell in sheet[2]] == [
            *(customer.pk, "ann", "Ann", "Lee", "ann@example.com"),
            *(datetime(2026, 3, 4, 5, 6), 1, 200, 2000),
        ]
        assert sheet[1][0].font.bold

    @pytest.mark.parametrize("title", ["=1+1", "@SUM(A1)", "-2", "\t=1", '=HYPERLINK("x")'])
    def test_no_text_is_a_formula(self, show, sell, make_product, title):
        sell("2026-03-04", of=make_product(title=title))

        query = {**MARCH, "limit": "10"}
        content = show("best_sellers", download="csv", **query).content.decode("utf-8-sig")
        cell = workbook(show("best_sellers", download="xlsx", **query)).active["B2"]

        assert [*csv.reader(StringIO(content))][1][1] == f"'{title}"
        assert (cell.value, cell.data_type, cell.quotePrefix) == (title, "s", True)

    def test_what_no_workbook_holds_is_left_out(self, show, sell, make_product):
        sell("2026-03-04", of=make_product(title="Tea\x07pot"))

        sheet = workbook(show("best_sellers", download="xlsx", **MARCH)).active

        assert sheet["B2"].value == "Teapot"

    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_a_refusal_is_a_page(self, show, form):
        page = show("sales", download=form, **{"from": "x"})

        assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")

    def test_no_other_files(self, show):
        assert show("sales", download="pdf").status_code == 404


def workbook(page: Any) -> Any:
    assert page.status_code == 200
    return load_workbook(BytesIO(page.content))


class TestLimits:
    def test_a_busy_shop_says_so(self, show, sell, monkeypatch):
        monkeypatch.setattr(report_limits.reports, "seconds", 0.01)

        with report_limits.reports.lock:
            page = show("sales", **MARCH)

        assertContains(page, "Other reports are being computed", status_code=503)
        assert page["Retry-After"] == "3"

    def test_queries_do_not_grow(self, show, sell, make_product, django_assert_num_queries):
        for _ in range(30):
            sell("2026-03-04", of=make_product())
        show("best_sellers")

        # PostgreSQL is told of the limit between two more.
        with django_assert_num_queries(7 if connection.vendor == "postgresql" else 4):
            assert len(table(show("best_sellers", **MARCH))) == 26


class TestRights:
    @pytest.mark.parametrize("path", ["", "sales/", "low_stock/", "sales/?download=csv"])
    def test_they_need_what_the_api_needs(self, make_clerk, path):
        assert make_clerk("view_product").get(f"/admin/reports/{path}").status_code == 403
        clerk = make_clerk("view_order", username="other")
        assert clerk.get(f"/admin/reports/{path}").status_code == 200

    def test_names_are_chosen_by_those_who_see_them(self, make_clerk):
        clerk = make_clerk("view_order", "view_product")

        fields = clerk.get("/admin/reports/sales/").context["picker"].form.fields

        assert hasattr(fields["product"], "queryset")
        assert not hasattr(fields["collection"], "queryset")

    def test_others_are_no_pages(self, show, admin_client):
        assert show("secrets").status_code == 404
        assert admin_client.post("/admin/reports/sales/").status_code == 405
