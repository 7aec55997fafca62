"""The price and the stock of a product at the end of each day."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from model_bakery import baker

from history.models import Change
from store.models import Product, StockMovement
from store.services.product_courses import course_of

pytestmark = pytest.mark.django_db


def days_ago(count: int) -> Any:
    return timezone.now() - timedelta(days=count)


@pytest.fixture
def product() -> Product:
    """A lamp that came four days ago, became dearer and was sold two days ago, and again today."""
    product = baker.make(Product, title="Lamp", unit_price=Decimal(10), inventory=10)
    StockMovement.objects.update(moved_at=days_ago(4))
    Product.objects.update(unit_price=11)
    Product.objects.update(unit_price=12, inventory=7)
    Change.objects.update(changed_at=days_ago(2))
    StockMovement.objects.filter(pieces=-3).update(moved_at=days_ago(2))
    Product.objects.update(unit_price=15, inventory=6)
    product.refresh_from_db()
    return product


def test_each_day_ends_with_what_held(product: Product) -> None:
    course = course_of(product=product, days=6)

    assert [str(day.price) for day in course] == ["10.00"] * 3 + ["12.00", "12.00", "15.00"]
    assert [day.stock for day in course] == [0, 10, 10, 7, 7, 6]
    assert course[-1].day == timezone.now().date()


def test_it_takes_two_queries(product: Product, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        course_of(product=product)


def test_the_page_shows_both_and_the_movements(product: Product, admin_client: Any) -> None:
    page = admin_client.get(f"/admin/store/product/{product.pk}/history/").content.decode()

    assert "Price of the last 180 days" in page
    assert "Opening stock" in page
    assert "<td>-3</td>" in page
