"""Each piece that comes or goes is a movement, and the movements add up to the stock."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from model_bakery import baker

from history.origins import origin
from store.models import Customer, Order, Product, StockMovement
from store.services.order_status import change_order_status
from store.services.orders import delete_order, write_order
from store.services.stock_movements import join_old_movements, wrong_stocks

pytestmark = pytest.mark.django_db


def movements(product: Product) -> list[Any]:
    found = StockMovement.objects.filter(product=product).order_by("pk")
    return list(found.values_list("pieces", "cause"))


@pytest.fixture
def product() -> Product:
    return baker.make(Product, inventory=10, unit_price=5)


@pytest.fixture
def order(product: Product) -> Order:
    order = Order(customer=baker.make(Customer))
    write_order(order=order, quantities={product.pk: 3})
    return order


class TestMovements:
    def test_a_new_product_opens_with_its_stock(self, product: Product) -> None:
        assert movements(product) == [(10, "opening")]

    def test_an_order_takes_and_its_cancellation_brings_back(
        self, product: Product, order: Order
    ) -> None:
        change_order_status(order=order, status="cancelled")
        change_order_status(order=order, status="pending")

        causes = [(10, "opening"), (-3, "order"), (3, "cancellation"), (-3, "order")]
        assert movements(product) == causes
        assert StockMovement.objects.filter(order=order).count() == 3

    def test_a_deleted_order_brings_back(self, product: Product, order: Order) -> None:
        delete_order(order=order)

        assert movements(product)[-1] == (3, "cancellation")
        assert wrong_stocks() == []

    def test_a_correction_and_an_import(self, product: Product) -> None:
        product.inventory = 4
        product.save()
        with origin(door="import"):
            Product.objects.update(inventory=20)

        assert movements(product) == [(10, "opening"), (-6, "correction"), (16, "import")]

    def test_another_field_moves_nothing(self, product: Product) -> None:
        Product.objects.update(title="Lamp")

        assert movements(product) == [(10, "opening")]


class TestCheck:
    def test_what_adds_up_is_said(self, product: Product, order: Order) -> None:
        out = StringIO()
        call_command("check_stock", stdout=out)

        assert "1 product" in out.getvalue()

    def test_plain_sql_is_found_and_nothing_written(self, product: Product) -> None:
        self.steal(product)
        with pytest.raises(CommandError, match="1 of 1"):
            call_command("check_stock", stdout=StringIO())

        assert movements(product) == [(10, "opening")]

    def test_and_settled_when_asked(self, product: Product) -> None:
        self.steal(product)
        call_command("check_stock", settle=True, stdout=StringIO())

        assert movements(product) == [(10, "opening"), (-8, "correction")]
        assert wrong_stocks() == []

    def steal(self, product: Product) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE store_product SET inventory = 2 WHERE id = %s", [product.pk])


def test_old_movements_are_joined_and_still_add_up(product: Product, order: Order) -> None:
    change_order_status(order=order, status="cancelled")
    old = timezone.now() - timedelta(days=settings.HISTORY_DAYS + 1)
    StockMovement.objects.update(moved_at=old)
    Product.objects.update(inventory=9)

    assert join_old_movements() == 2
    assert movements(product) == [(10, "opening"), (-1, "correction")]
    assert join_old_movements() == 0
