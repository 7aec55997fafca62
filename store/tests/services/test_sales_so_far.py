"""What was sold so far, against as much of the period before; by hand-computed rows."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.cache import cache

from store.models import Customer, Order
from store.services.sales_so_far import DAYS, periods, sales_so_far

pytestmark = pytest.mark.django_db
# A Wednesday.
NOW = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def sell(product, django_user_model):
    customer = django_user_model.objects.create_user("ann", "ann@example.com").customer

    def sell(moment, price, status="C", stage=None):
        order = Order.objects.create(customer=customer, payment_status=status, stage=stage)
        Order.objects.filter(pk=order.pk).update(
            placed_at=datetime.fromisoformat(moment).replace(tzinfo=UTC)
        )
        order.items.create(product=product, quantity=1, unit_price=Decimal(price))
        return order

    return sell


def figures(now=NOW):
    row = sales_so_far(now=now, sellers=5)[0]
    return {
        name: (found["sold"]["total"], found["before"]["total"])
        for name, found in row["periods"].items()
    }


def test_each_period_is_compared_with_as_much_of_the_one_before(sell):
    sell("2026-03-11T00:00", 1)
    sell("2026-03-10T14:29", 2)
    # Later than this time yesterday, but of this week.
    sell("2026-03-10T14:30", 4)
    sell("2026-03-04T14:29:59", 8)
    # Later than this time last week, but of this month.
    sell("2026-03-04T14:30", 16)
    sell("2026-02-11T14:00", 32)
    # Later than this time last month.
    sell("2026-02-11T15:00", 64)

    assert figures() == {"today": (1, 2), "week": (7, 8), "month": (31, 32)}


def test_days_begin_at_midnight_of_utc(sell):
    sell("2026-03-10T23:59:59.999", 1)
    sell("2026-03-11T00:00", 2)

    days = sales_so_far(now=NOW, sellers=5)[0]["days"]

    assert [(row["period"], row["total"]) for row in days[-2:]] == [
        (date(2026, 3, 10), 1),
        (date(2026, 3, 11), 2),
    ]
    assert (len(days), days[0]) == (
        DAYS,
        {"period": date(2025, 12, 12), "orders": 0, "pieces": 0, "total": Decimal(0)},
    )


def test_what_is_cancelled_is_no_sale_and_what_is_refunded_is_one(sell):
    sell("2026-03-11T01:00", 1, status="F")
    sell("2026-03-11T02:00", 2, status="P")
    sell("2026-03-11T03:00", 4, stage="refunded")
    Order.objects.create(customer=Customer.objects.get())

    assert figures()["today"] == (6, 0)


def test_a_longer_month_is_compared_with_the_whole_of_a_shorter_one(sell):
    sell("2026-02-28T23:00", 1)
    sell("2026-03-01T01:00", 2)

    assert figures(datetime(2026, 3, 31, 12, tzinfo=UTC))["month"] == (2, 1)
    assert periods(datetime(2026, 3, 31, 12, tzinfo=UTC))[2].before_until == datetime(
        2026, 3, 1, tzinfo=UTC
    )


def test_an_order_of_an_earlier_day_counts_until_it_is_cancelled(sell):
    orders = [sell("2026-03-09T12:00", price) for price in (1, 2)]
    assert figures()["week"] == (3, 0)

    Order.objects.filter(pk=orders[0].pk).update(payment_status="F")

    assert figures()["week"] == (2, 0)
    Order.objects.filter(pk=orders[1].pk).update(payment_status="F")
    assert figures()["week"] == (0, 0)


def test_days_that_are_over_are_added_up_once(sell, django_assert_num_queries):
    sell("2026-03-09T12:00", 1)
    with django_assert_num_queries(4):
        figures()

    sell("2026-03-11T12:00", 2)

    with django_assert_num_queries(3):
        assert figures()["week"] == (3, 0)


def test_the_best_sellers_are_those_of_thirty_days(sell, make_product):
    sell("2026-02-09T12:00", 100)
    order = sell("2026-02-10T12:00", 1)
    order.items.create(product=make_product(title="Cup"), quantity=2, unit_price=Decimal(9))

    sellers = sales_so_far(now=NOW, sellers=5)[0]["sellers"]

    assert [(row["product__title"], row["total"]) for row in sellers] == [
        ("Cup", 18),
        ("Teapot", 1),
    ]
