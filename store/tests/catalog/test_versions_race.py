"""Renewing a version neither waits for another transaction nor loses to it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connections, transaction

from store.models import Version
from store.models.versions import ASSORTMENT, CATALOG, invalidate_catalog

pytestmark = [pytest.mark.row_locks, pytest.mark.django_db(transaction=True)]
SECONDS = 30


def in_open_transaction(act: Callable[[], None], acted: Event, end: Event) -> None:
    with transaction.atomic():
        act()
        acted.set()
        assert end.wait(SECONDS)
    connections.close_all()


def test_it_passes_by_the_rows_that_another_transaction_holds():
    invalidate_catalog()
    before = Version.objects.current(CATALOG)
    acted, end = Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(in_open_transaction, invalidate_catalog, acted, end)
        assert acted.wait(SECONDS)

        # With a row held and not passed by, this would wait for the end, which comes after it.
        invalidate_catalog()
        between = Version.objects.current(CATALOG)
        end.set()
        other.result()

    assert before != between != Version.objects.current(CATALOG) != before


def test_rows_are_as_many_as_there_were_transactions_at_once():
    invalidate_catalog()
    for _ in range(5):
        acted, end = Event(), Event()
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(in_open_transaction, invalidate_catalog, acted, end)
            assert acted.wait(SECONDS)
            invalidate_catalog()
            end.set()
            other.result()

    assert Version.objects.filter(scope=ASSORTMENT).count() == 2
