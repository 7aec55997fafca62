"""The first page of the admin: figures, and the lists that they lead to."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from model_bakery import baker
from pytest_django.asserts import assertContains, assertNotContains

from outbox.models import Mail
from store.models import Order, Product, Review
from store.services import report_limits
from store.services.orders import write_order

pytestmark = pytest.mark.django_db

HOME = "/admin/"
# PostgreSQL is told of the limit of reports between two more.
STATEMENTS_OF_LIMIT = 3 if connection.vendor == "postgresql" else 0
EVERYTHING = ["view_order", "view_product", "view_review", "view_mail"]


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def sell(customer: Any, product: Product) -> Callable[..., Order]:
    """Place an order of one teapot at 10.00, some time ago."""

    def sell(status: str = "C", stage: str | None = None, **ago: float) -> Order:
        order = Order.objects.create(customer=customer, payment_status=status, stage=stage)
        order.items.create(product=product, quantity=1, unit_price=Decimal(10))
        Order.objects.filter(pk=order.pk).update(placed_at=timezone.now() - timedelta(**ago))
        return order

    return sell


@pytest.fixture
def busy_shop(sell: Any, make_product: Any, product: Product) -> None:
    for status, stage, days in [
        ("P", None, 0),
        ("C", None, 0),
        ("C", "shipped", 2),
        ("C", "refunded", 6),
        ("F", None, 0),
        ("C", "delivered", 40),
        ("C", None, 200),
    ]:
        sell(status, stage, days=days)
    make_product(inventory=0)
    baker.make(Review, product=product, is_approved=False, _quantity=2)
    baker.make(Review, product=product, is_approved=True)
    Mail.objects.create(recipient="ann@example.com", due_at=None, message_id="1")
    Mail.objects.create(recipient="ann@example.com", due_at=timezone.now(), message_id="2")


def links(page: Any) -> dict[str, str]:
    """Return the text of each link of a page, by its address."""
    found = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', page.text, re.DOTALL)
    return {unescape(url): re.sub(r"<.*?>", "", text) for url, text in found}


def number_in(text: str) -> int:
    found = re.search(r"\d+", text)
    assert found, text
    return int(found[0])


def rows_of(client: Any, url: str) -> int:
    return client.get(url).context["cl"].queryset.count()


@pytest.mark.usefixtures("busy_shop")
class TestLinks:
    def test_a_count_leads_to_so_many_rows(self, admin_client):
        page = admin_client.get(HOME)

        found = {
            backlog.name: (backlog.rows, rows_of(admin_client, backlog.url))
            for backlog in page.context["backlogs"]
        }
        assert found == {
            "Orders to be paid": (1, 1),
            "Orders to be shipped": (2, 2),
            "Orders on their way": (1, 1),
            "Reviews to moderate": (2, 2),
            "Mails that failed": (1, 1),
        }
        low = page.context["low_stock"]
        assert (low["count"], rows_of(admin_client, low["url"])) == (1, 1)

    def test_an_amount_leads_to_the_orders_behind_it(self, admin_client):
        for figure in admin_client.get(HOME).context["figures"]:
            assert rows_of(admin_client, figure["url"]) == number_in(figure["orders"])
            before = Decimal(figure["before"].removeprefix("USD "))
            assert rows_of(admin_client, figure["before_url"]) * 10 == before

    def test_days_and_products_lead_to_their_orders(self, admin_client):
        context = admin_client.get(HOME).context

        sold = [day for day in context["days"] if day["url"]]
        # Two within a minute of each other, which midnight may part.
        assert sum(int(day["orders"]) for day in sold) == 5
        for day in sold:
            assert rows_of(admin_client, day["url"]) == int(day["orders"])
        assert rows_of(admin_client, context["days_url"]) == 5
        seller = context["sellers"][0]
        assert (seller["orders"], rows_of(admin_client, seller["orders_url"])) == (4, 4)

    def test_all_links_are_there(self, admin_client):
        for url in links(admin_client.get(HOME)):
            if url.startswith("/admin/") and "logout" not in url:
                assert admin_client.get(url).status_code == 200, url


class TestFilter:
    @pytest.mark.parametrize(
        "asked", ["x", "1..2", "2026-01-01", "2026-13-01..2026-01-01", "0001-01-01..9999-12-31"]
    )
    def test_what_is_no_time_says_so(self, admin_client, order, asked):
        page = admin_client.get("/admin/store/order/", {"sold": asked}, follow=True)

        assertContains(page, "The list cannot be filtered like that")

    @pytest.mark.parametrize("asked", ["x", "9" * 30, "-1"])
    def test_no_product_is_no_error(self, admin_client, order, asked):
        page = admin_client.get("/admin/store/order/", {"product": asked}, follow=True)

        assert page.status_code == 200

    def test_the_days_of_an_address_are_among_the_filters(self, admin_client, order):
        page = admin_client.get("/admin/store/order/", {"sold": "2026-01-01..2026-01-31"})

        assertContains(page, "2026-01-01 to 2026-01-31")

    def test_an_order_without_lines_is_not_sold(self, admin_client, customer):
        Order.objects.create(customer=customer)

        assert rows_of(admin_client, "/admin/store/order/?sold=today") == 0


@pytest.mark.usefixtures("busy_shop")
class TestRights:
    @pytest.mark.parametrize(
        ("right", "seen"),
        [
            ("view_order", {"figures", "chart", "sellers", "backlogs"}),
            ("view_product", {"low_stock"}),
            ("view_review", {"backlogs"}),
            ("view_mail", {"backlogs"}),
            ("view_customer", set()),
        ],
    )
    def test_one_sees_what_one_may_list(self, make_clerk, right, seen):
        context = make_clerk(right).get(HOME).context

        panels = ("figures", "chart", "sellers", "backlogs", "low_stock")
        assert {name for name in panels if context.get(name)} == seen

    def test_only_own_lists_are_counted(self, make_clerk):
        backlogs = make_clerk("view_review").get(HOME).context["backlogs"]

        assert [backlog.name for backlog in backlogs] == ["Reviews to moderate"]

    def test_products_that_one_may_not_see_are_no_links(self, make_clerk):
        page = make_clerk("view_order").get(HOME)

        assertContains(page, "Teapot")
        assertNotContains(page, "/admin/store/product/")

    def test_without_rights_it_says_whom_to_ask(self, make_clerk):
        page = make_clerk().get(HOME)

        assertContains(page, "Ask somebody who manages the accounts")
        assertContains(page, "Your last changes")
        assertNotContains(page, "USD")

    def test_strangers_sign_in_first(self, client):
        assert client.get(HOME)["Location"] == f"/admin/login/?next={HOME}"


class TestFirstSteps:
    def test_an_empty_shop_shows_where_to_begin(self, admin_client):
        page = admin_client.get(HOME)

        assert [step.name for step in page.context["steps"]] == [
            "Add a collection",
            "Add a product",
            "Plan a promotion",
            "Let colleagues in",
        ]
        assertNotContains(page, "USD")
        assert (page.context["backlogs"], page.context.get("low_stock")) == ([], None)

    def test_a_step_is_done(self, admin_client, product):
        steps = admin_client.get(HOME).context["steps"]

        assert [step.name for step in steps if step.is_done] == [
            "Add a collection",
            "Add a product",
        ]

    def test_a_clerk_is_shown_what_they_may_do(self, make_clerk):
        steps = make_clerk("add_product").get(HOME).context["steps"]

        assert [step.name for step in steps] == ["Add a product"]

    def test_the_first_order_ends_them(self, admin_client, order):
        page = admin_client.get(HOME)

        assert "steps" not in page.context
        assertContains(page, "USD 30.00")


class TestRefusal:
    def test_the_rest_is_shown(self, admin_client, order, monkeypatch):
        monkeypatch.setattr(report_limits.reports, "seconds", 0.01)

        with report_limits.reports.lock:
            page = admin_client.get(HOME)

        assertContains(page, "The sales are not shown: Other reports are being computed")
        assertContains(page, "Orders to be paid")
        assert "figures" not in page.context


class TestCosts:
    @pytest.mark.usefixtures("busy_shop")
    def test_it_takes_fifteen_queries_at_most(self, make_clerk, django_assert_num_queries):
        clerk = make_clerk(*EVERYTHING)
        clerk.get(HOME)
        cache.clear()
        with django_assert_num_queries(14 + STATEMENTS_OF_LIMIT):
            clerk.get(HOME)

        with django_assert_num_queries(10):
            clerk.get(HOME)

    def test_a_sale_is_seen_at_once(self, admin_client, order, customer, product):
        assertContains(admin_client.get(HOME), "USD 30.00")

        write_order(order=Order(customer=customer), quantities={product.pk: 1})

        assertContains(admin_client.get(HOME), "USD 40.00")
