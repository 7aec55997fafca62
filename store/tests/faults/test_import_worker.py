"""An import whose worker is killed with -9, again and again, writes each row once, and takes each back once."""

from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.utils import timezone

from store.models import ImportRow, ImportRun, Product
from store.models.imports import STALLED
from store.services.imports import apply_import, read_sheet, start_import, undo_import
from store.signals import import_waiting
from store.signals.handlers import work_on_import
from storefront.tests.faults.addresses import database_url
from storefront.tests.faults.mailrooms import wait_until
from storefront.tests.workers import working

pytestmark = [pytest.mark.faults, pytest.mark.redis, pytest.mark.django_db(transaction=True)]

ROWS = {"reduced": 1500, "full": 6000}


@pytest.fixture
def run(collection: Any, pytestconfig: Any) -> Any:
    """A sheet that was uploaded where no broker took its task."""
    import_waiting.disconnect(work_on_import)
    rows = range(ROWS[pytestconfig.getoption("--faults")])
    Product.objects.bulk_create(
        Product(
            title="Lamp",
            slug="lamp",
            sku=f"T-{row}",
            unit_price=5,
            inventory=1,
            collection=collection,
        )
        for row in rows
    )
    content = "sku,inventory\n" + "".join(f"T-{row},{row + 10}\n" for row in rows)
    yield start_import(sheet=read_sheet(content=content.encode(), file_name="a.csv"), by=None)
    import_waiting.connect(work_on_import)


@pytest.fixture
def work_until(redis_url: str, tmp_path: Any, run: ImportRun) -> Any:
    """Let a worker go on with what another left, until something is reached; then kill it."""
    environment = {"DATABASE_URL": database_url(), "REDIS_URL": redis_url}
    beat = Celery(broker=redis_url, set_as_current=False)
    beat.conf.task_default_queue = settings.CELERY_TASK_DEFAULT_QUEUE

    def work_until(reached: Any, what: str) -> None:
        # As old as the sweep waits for.
        ImportRun.objects.update(active_at=timezone.now() - STALLED - timedelta(minutes=1))
        beat.send_task("store.tasks.resume_imports")
        with working(tmp_path / "worker.log", **environment) as worker:

            def is_reached() -> bool:
                run.refresh_from_db()
                return bool(reached())

            wait_until(is_reached, what)
            worker.kill()

    return work_until


def test_each_row_once(run: ImportRun, work_until: Any, report_figures: Any) -> None:
    total = Product.objects.count()
    deaths = []
    work_until(lambda: run.checked > 0, "rows are checked")
    deaths.append(run.checked)
    work_until(lambda: run.state == "checked", "the check is over")
    assert (run.changed, run.wrong, run.rows.count()) == (total, 0, total)

    apply_import(run_id=run.pk, by=None)
    for part in (10, 2):
        work_until(lambda part=part: run.applied > total // part, "rows are applied")
        deaths.append(run.applied)
    work_until(lambda: run.state == "applied", "all is applied")
    assert (run.applied, run.refused) == (total, 0)
    for sku, inventory in Product.objects.values_list("sku", "inventory"):
        assert inventory == int(sku[2:]) + 10

    undo_import(run_id=run.pk)
    work_until(lambda: run.undone > total // 3, "rows are taken back")
    deaths.append(run.undone)
    work_until(lambda: run.state == "undone", "all is taken back")
    assert (run.undone, run.kept) == (total, 0)
    assert {*Product.objects.values_list("inventory", flat=True)} == {1}
    assert not run.rows.exclude(state=ImportRow.UNDONE).exists()
    report_figures(f"{total} rows; workers killed at {deaths}")
