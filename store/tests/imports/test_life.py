"""What becomes of imports beside the straight way: lost workers, purges, and whom the shop tells."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from store.models import ImportPiece, ImportRow, ImportRun, Product, Version
from store.models.imports import STALLED
from store.models.versions import CATALOG
from store.services.imports import (
    MAX_ATTEMPTS,
    advance_import,
    apply_import,
    purge_imports,
    read_sheet,
    resume_imports,
    start_import,
)
from store.signals import products_changing

pytestmark = pytest.mark.django_db


def age(run: ImportRun, **changes: Any) -> None:
    long_ago = timezone.now() - STALLED - timedelta(minutes=1)
    ImportRun.objects.filter(pk=run.pk).update(active_at=long_ago, **changes)


@pytest.fixture
def uploaded(make_product: Any) -> ImportRun:
    """A sheet whose task was lost."""
    make_product(sku="T-1", inventory=10)
    sheet = read_sheet(content=b"sku,inventory\nT-1,25\n", file_name="a.csv")
    return start_import(sheet=sheet, by=None)


def test_a_lost_import_is_found_once(uploaded: ImportRun) -> None:
    assert resume_imports() == []
    age(uploaded)
    assert resume_imports() == [uploaded.pk]
    assert resume_imports() == []


def test_a_check_that_kills_its_workers_is_given_up(uploaded: ImportRun) -> None:
    age(uploaded, attempts=3, begun=3)
    advance_import(run_id=uploaded.pk, seconds=1)
    uploaded.refresh_from_db()
    assert (uploaded.state, uploaded.problem) == (
        "refused",
        "The check was stopped again and again.",
    )


def test_a_check_begins_anew(uploaded: ImportRun) -> None:
    advance_import(run_id=uploaded.pk, seconds=1)
    ImportRun.objects.update(state="checking", attempts=1, begun=1)
    # What it has read is gone by now: nothing is left of the first check either.
    advance_import(run_id=uploaded.pk, seconds=1)
    uploaded.refresh_from_db()
    assert (uploaded.state, uploaded.problem) == ("refused", "The sheet is empty.")
    assert not ImportRow.objects.exists()


def test_a_task_that_comes_twice_leaves_the_check_alone(uploaded: ImportRun) -> None:
    ImportRun.objects.update(begun=1, checked=500)
    advance_import(run_id=uploaded.pk, seconds=1)
    uploaded.refresh_from_db()
    assert (uploaded.state, uploaded.begun, uploaded.checked) == ("checking", 1, 500)
    age(uploaded)
    assert resume_imports() == [uploaded.pk]
    advance_import(run_id=uploaded.pk, seconds=1)
    uploaded.refresh_from_db()
    assert (uploaded.state, uploaded.checked) == ("checked", 1)


def test_one_that_gets_no_further_is_taken_back(uploaded: ImportRun) -> None:
    advance_import(run_id=uploaded.pk, seconds=1)
    apply_import(run_id=uploaded.pk, by=None)
    age(uploaded, attempts=MAX_ATTEMPTS)
    assert resume_imports() == [uploaded.pk]
    advance_import(run_id=uploaded.pk, seconds=1)
    uploaded.refresh_from_db()
    assert uploaded.state == "undone"
    assert "taken back" in uploaded.problem
    assert Product.objects.get().inventory == 10


def test_the_file_is_gone_after_the_check(uploaded: ImportRun) -> None:
    assert ImportPiece.objects.count() == 1
    advance_import(run_id=uploaded.pk, seconds=1)
    assert not ImportPiece.objects.exists()


def test_old_imports_are_deleted_with_their_rows(uploaded: ImportRun, settings: Any) -> None:
    advance_import(run_id=uploaded.pk, seconds=1)
    settings.STORE_IMPORT_RETENTION = 2
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=1, hours=23))
    assert purge_imports() == 0
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=2, hours=1))
    assert purge_imports() == 1
    assert not ImportRow.objects.exists()


def test_one_that_is_being_applied_is_not_deleted(uploaded: ImportRun) -> None:
    long_ago = timezone.now() - timedelta(days=400)
    ImportRun.objects.update(created_at=long_ago, state="applying")
    assert purge_imports() == 0


def test_the_shop_tells_of_the_change(check: Any, carry_out: Any, make_product: Any) -> None:
    make_product(sku="T-1")
    heard: list[Any] = []

    def hear(rows: Any, action: str, fields: Any, **kwargs: Any) -> None:
        heard.append((action, {*fields}, rows.count()))

    run = check("sku,unit_price", "T-1,25")
    before = Version.objects.current(CATALOG)
    products_changing.connect(hear)
    try:
        carry_out(apply_import, run, by=None)
    finally:
        products_changing.disconnect(hear)
    assert heard == [("updated", {"unit_price", "last_update"}, 1)]
    assert Version.objects.current(CATALOG) != before
