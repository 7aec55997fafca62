"""Promotions: when they run and for whom."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains

from store.models import Customer, Promotion

from .forms import errors_in, inline

pytestmark = pytest.mark.django_db

LIST = "/admin/store/promotion/"
ADD = f"{LIST}add/"
NOW = timezone.now()
BEFORE, AFTER = NOW - timedelta(days=1), NOW + timedelta(days=1)


def promotion_form(**changes):
    return {
        "description": "Summer sale",
        "discount": "0.2",
        "starts_at_0": "2026-06-01",
        "starts_at_1": "08:00",
        "ends_at_0": "2026-09-01",
        "ends_at_1": "00:00",
        **inline("promoted_tags", []),
        **changes,
    }


class TestForm:
    def test_refuses(self, admin_client, subtests):
        for changes, error in [
            ({"ends_at_0": "2026-05-31"}, "A promotion ends after it starts."),
            (
                {"ends_at_0": "2026-06-01", "ends_at_1": "08:00"},
                "A promotion ends after it starts.",
            ),
            ({"ends_at_1": "25:00"}, "Enter a valid time."),
            ({"ends_at_0": ""}, "Enter a valid date."),
            ({"discount": "20"}, "Ensure this value is less than or equal to 1."),
            ({"discount": "nan"}, "Enter a number."),
            (
                {"memberships": ["B", "X"]},
                "Select a valid choice. X is not one of the available choices.",
            ),
        ]:
            with subtests.test(changes=changes, error=error):
                page = admin_client.post(ADD, promotion_form(**changes))

                assert errors_in(page) == [error]
                assert not Promotion.objects.exists()

    @pytest.mark.parametrize(
        ("ticked", "stored"), [([], ""), (["S"], "S"), (["G", "B"], "BG"), (["G", "S", "B"], "BSG")]
    )
    def test_stores_whom_it_is_for(self, admin_client, ticked, stored):
        admin_client.post(ADD, promotion_form(memberships=ticked))

        promotion = Promotion.objects.get()
        assert promotion.memberships == stored
        assert promotion.starts_at.isoformat() == "2026-06-01T08:00:00+00:00"
        assert promotion.ends_at.isoformat() == "2026-09-01T00:00:00+00:00"

    def test_shows_whom_it_is_for(self, admin_client):
        promotion = Promotion.objects.create(description="Sale", discount=0.2, memberships="BG")
        url = f"{LIST}{promotion.pk}/change/"

        boxes = admin_client.get(url).context["adminform"].form["memberships"].subwidgets

        assert [box.data["value"] for box in boxes if box.data["selected"]] == ["B", "G"]

    def test_unticks_all(self, admin_client):
        promotion = Promotion.objects.create(description="Sale", discount=0.2, memberships="BG")

        admin_client.post(f"{LIST}{promotion.pk}/change/", promotion_form())

        promotion.refresh_from_db()
        assert promotion.memberships == ""

    def test_needs_no_dates(self, admin_client):
        dates = dict.fromkeys(["starts_at_0", "starts_at_1", "ends_at_0", "ends_at_1"], "")

        admin_client.post(ADD, promotion_form(**dates))

        promotion = Promotion.objects.get()
        assert (promotion.starts_at, promotion.ends_at) == (None, None)


class TestList:
    @pytest.mark.parametrize(
        ("starts_at", "ends_at", "state"),
        [
            (None, None, "Not scheduled"),
            (BEFORE, None, "Running"),
            (None, AFTER, "Running"),
            (BEFORE, AFTER, "Running"),
            (AFTER, None, "Scheduled"),
            (None, BEFORE, "Ended"),
            (BEFORE - timedelta(days=1), BEFORE, "Ended"),
        ],
    )
    def test_says_whether_it_runs(self, admin_client, starts_at, ends_at, state):
        Promotion.objects.create(
            description="Sale", discount=0.2, starts_at=starts_at, ends_at=ends_at
        )

        assertContains(admin_client.get(LIST), f">{state}</span>")
        assert Promotion.objects.running(None).exists() == (state == "Running")

    @pytest.mark.parametrize(
        ("memberships", "names"), [("", "Everybody"), ("S", "Silver"), ("BG", "Bronze, Gold")]
    )
    def test_says_for_whom(self, admin_client, memberships, names):
        Promotion.objects.create(description="Sale", discount=0.125, memberships=memberships)

        page = admin_client.get(LIST)

        assertContains(page, f'<td class="field-for_whom">{names}</td>')
        assertContains(page, '<td class="field-discount_percent">12.5 %</td>')
        assert set(memberships) <= {letter for letter, _ in Customer.MEMBERSHIP_CHOICES}
