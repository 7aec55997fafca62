"""A sheet of stock is applied while customers order: no piece is sold or lost without a trace."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from store.exceptions import ImportConflict
from store.models import ImportRow, ImportRun, OrderItem, Product
from store.services.imports import (
    advance_import,
    apply_batch,
    apply_import,
    read_sheet,
    start_import,
)
from store.signals import import_waiting
from store.signals.handlers import work_on_import

from .crowd import checkout, statuses

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

OLD, NEW = 100, 150


@pytest.fixture
def run(make_product: Any) -> Any:
    """A checked sheet of stock, whose tasks the test does itself."""
    import_waiting.disconnect(work_on_import)
    products = [make_product(inventory=OLD) for _ in range(24)]
    content = "id,inventory\n" + "".join(f"{product.pk},{NEW}\n" for product in products)
    run = start_import(sheet=read_sheet(content=content.encode(), file_name="a.csv"), by=None)
    advance_import(run_id=run.pk, seconds=60)
    yield run
    import_waiting.connect(work_on_import)


def in_thread(work: Any) -> Any:
    try:
        return work()
    finally:
        connection.close()


def test_orders_during_an_import(
    run: ImportRun, make_users: Any, make_cart: Any, at_once: Any
) -> None:
    users = make_users(32)
    products = list(Product.objects.order_by("pk"))
    carts = [make_cart({products[number % 24]: 1}) for number in range(32)]
    requests = [checkout(cart, user) for cart, user in zip(carts, users, strict=True)]
    apply_import(run_id=run.pk, by=None)

    def work() -> None:
        while apply_batch(run_id=run.pk, size=2):
            pass

    with ThreadPoolExecutor(1) as pool:
        import_ended = pool.submit(in_thread, work)
        responses = at_once(requests)
        import_ended.result()

    assert statuses(responses) == {201: 32}
    run.refresh_from_db()
    assert (run.state, run.applied + run.refused) == ("applied", 24)
    applied = {*run.rows.filter(state=ImportRow.APPLIED).values_list("object_id", flat=True)}
    for product in Product.objects.all():
        sold = OrderItem.objects.filter(product=product).count()
        assert product.inventory == (NEW if product.pk in applied else OLD) - sold


def test_two_who_apply_at_once(run: ImportRun) -> None:
    def attempt() -> bool:
        try:
            apply_import(run_id=run.pk, by=None)
        except ImportConflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: in_thread(attempt), range(4)))
    assert sorted(done) == [False, False, False, True]


def test_two_workers_at_once(run: ImportRun) -> None:
    apply_import(run_id=run.pk, by=None)

    def work(_: int) -> Any:
        return in_thread(lambda: advance_import(run_id=run.pk, seconds=60))

    with ThreadPoolExecutor(3) as pool:
        assert [*pool.map(work, range(3))] == [False] * 3
    run.refresh_from_db()
    assert (run.state, run.applied, run.refused) == ("applied", 24, 0)
    assert {*Product.objects.values_list("inventory", flat=True)} == {NEW}
