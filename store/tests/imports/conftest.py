from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from store.models import ImportRun
from store.services.imports import read_sheet, start_import


@pytest.fixture
def check(django_capture_on_commit_callbacks: Any) -> Callable[..., ImportRun]:
    """Upload lines of a sheet, and check them."""

    def check(*lines: str, kind: str = "", name: str = "sheet.csv") -> ImportRun:
        return check_file("\n".join(lines).encode(), kind=kind, name=name)

    def check_file(content: bytes, kind: str = "", name: str = "sheet.csv") -> ImportRun:
        sheet = read_sheet(content=content, file_name=name, kind=kind)
        with django_capture_on_commit_callbacks(execute=True):
            run = start_import(sheet=sheet, by=None)
        run.refresh_from_db()
        return run

    check.file = check_file  # type: ignore[attr-defined]
    return check


@pytest.fixture
def carry_out(django_capture_on_commit_callbacks: Any) -> Callable[..., ImportRun]:
    """Do something with an import, and all that follows from it."""

    def carry_out(service: Any, run: ImportRun, **options: Any) -> ImportRun:
        with django_capture_on_commit_callbacks(execute=True):
            service(run_id=run.pk, **options)
        run.refresh_from_db()
        return run

    return carry_out


def rows_of(run: ImportRun) -> list[tuple[Any, ...]]:
    """Return of each row its number, its state, and its changes or else its errors."""
    rows = run.rows.order_by("number")
    return [(row.number, row.state, row.changes or row.errors) for row in rows]


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()
