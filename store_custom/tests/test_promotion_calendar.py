"""The calendar of promotions in the admin, and what a promotion that is deleted takes along."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from model_bakery import baker
from pytest_django.asserts import assertContains

from store.admin.promotion_calendar import NO_MONTH
from store.models import Collection, Product, Promotion
from store_custom.models import PromotedTag
from tags.models import Tag

pytestmark = pytest.mark.django_db

CALENDAR = "/admin/store/promotion/calendar/"


@pytest.fixture
def promotion(db: None) -> Callable[..., Promotion]:
    """Make a promotion that runs from one text to another, None for an open end."""

    def promotion(starts: str | None, ends: str | None, **fields: Any) -> Promotion:
        starts_at, ends_at = (
            text and datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (starts, ends)
        )
        usual = {"description": f"{starts} {ends}", "discount": 0.125}
        return Promotion.objects.create(
            **usual | fields, starts_at=starts_at or None, ends_at=ends_at or None
        )

    return promotion


def bars_on(page: Any) -> list[tuple[str, str, str]]:
    bars = page.context["bars"]
    return [(bar.promotion.description, bar.left, bar.width) for bar in bars]


class TestCalendar:
    @pytest.mark.parametrize(
        "month", ["2026-13", "2026-00", "x", "2026", "99999-01", "1969-12", "2026-1", "²026-01"]
    )
    def test_of_no_month_is_the_current_one(self, admin_client: Any, month: str) -> None:
        page = admin_client.get(CALENDAR, {"month": month})

        assert [str(said) for said in page.context["messages"]] == [NO_MONTH]
        assert str(page.context["month"]) == f"{timezone.now():%Y-%m}"

    @pytest.mark.parametrize("month", ["1970-01", "2999-12"])
    def test_ends_somewhere(self, admin_client: Any, month: str) -> None:
        page = admin_client.get(CALENDAR, {"month": month})

        assert page.status_code == 200
        assert [page.context["previous"], page.context["following"]].count(None) == 1

    def test_is_for_those_who_see_promotions(self, client: Any, django_user_model: Any) -> None:
        clerk = django_user_model.objects.create_user("clerk", "c@example.com", is_staff=True)
        client.force_login(clerk)
        assert client.get(CALENDAR).status_code == 403
        clerk.user_permissions.set(Permission.objects.filter(codename="view_promotion"))
        assert client.get(CALENDAR).status_code == 200

    def test_draws_what_runs_in_the_month(self, admin_client: Any, promotion: Any) -> None:
        for starts, ends in [
            (None, None),
            ("2026-01-01", "2026-06-01"),
            ("2026-07-01", None),
            (None, "2026-06-16"),
            ("2026-05-01", "2026-06-04"),
            ("2026-06-16", "2026-06-22"),
            ("2026-06-28", None),
        ]:
            promotion(starts, ends)

        page = admin_client.get(CALENDAR, {"month": "2026-06"})

        assert sorted(bars_on(page)) == [
            ("2026-05-01 2026-06-04", "0.00", "10.00"),
            ("2026-06-16 2026-06-22", "50.00", "20.00"),
            ("2026-06-28 None", "90.00", "10.00"),
            ("None 2026-06-16", "0.00", "50.00"),
        ]

    def test_goes_by_the_time_of_the_shop(
        self, admin_client: Any, promotion: Any, settings: Any
    ) -> None:
        settings.TIME_ZONE = "Pacific/Auckland"
        promotion("2026-06-30 13:00", "2026-07-01 00:00")

        june, july = (bars_on(admin_client.get(CALENDAR, {"month": f"2026-0{n}"})) for n in (6, 7))

        assert (june, [left for _, left, _ in july]) == ([], ["0.13"])

    def test_says_on_what_and_for_whom(self, admin_client: Any, promotion: Any) -> None:
        sale = promotion("2026-06-01", "2026-06-11", memberships="SG", description="Sale <b>")
        sale.collections.add(baker.make(Collection, title="Kitchen"))
        sale.products.set(baker.make(Product, unit_price=10, inventory=1, _quantity=2))
        PromotedTag.objects.create(promotion=sale, tag=Tag.objects.create(label="gift"))

        page = admin_client.get(CALENDAR, {"month": "2026-06"})

        assert page.context["bars"][0].targets == [
            "2 products",
            "collection “Kitchen”",
            "tag “gift”",
        ]
        for text in (
            "Sale &lt;b&gt;",
            "12.5 %",
            "Silver, Gold",
            "1 Jun 2026, 00:00 to 11 Jun 2026",
        ):
            assertContains(page, text)

    def test_costs_no_more_for_more_promotions(self, admin_client: Any, promotion: Any) -> None:
        costs = []
        for _ in range(2):
            for _ in range(10):
                sale = promotion("2026-06-01", None)
                sale.collections.add(baker.make(Collection))
            with CaptureQueriesContext(connection) as queries:
                admin_client.get(CALENDAR, {"month": "2026-06"})
            costs.append(len(queries))

        assert costs == [6, 6]

    def test_is_reached_from_the_list(self, admin_client: Any) -> None:
        assertContains(admin_client.get("/admin/store/promotion/"), f'href="{CALENDAR}"')


def test_a_deletion_names_what_loses_the_promotion(admin_client: Any, promotion: Any) -> None:
    sale = promotion("2026-06-01", None, description="Sale")
    sale.collections.add(baker.make(Collection, title="Kitchen"))
    PromotedTag.objects.create(promotion=sale, tag=Tag.objects.create(label="gift"))

    page = admin_client.get(f"/admin/store/promotion/{sale.pk}/delete/")

    for text in ("collection “Kitchen”", "tag “gift”", "Collections and tags that lose them: 2"):
        assertContains(page, text)
