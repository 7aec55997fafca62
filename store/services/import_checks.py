"""Finds out what a sheet would change, and what is wrong with it; nothing is written to the shop."""

import logging
from collections.abc import Iterator, Sequence
from copy import copy
from itertools import islice
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from ..models import ImportRow, ImportRun, ImportState
from ..models.imports import MAX_LABEL
from ..resources import SheetResource
from ..resources.bases import RowRefused
from ..sheets.errors import UnreadableSheet
from ..sheets.reading import SheetRow, file_content, sheet_rows
from .import_values import RESOURCES, differences, plain_values
from .transactions import retrying_transaction

logger = logging.getLogger(__name__)

# Rows that are looked up and stored at once.
BATCH = 500
# Rows that a process without a worker takes on: they are checked while somebody waits.
MAX_ROWS_WITHOUT_WORKER = 1000
# How often a check is begun anew where its worker has died.
MAX_CHECKS = 3
BROKEN = "An unexpected error stopped the check; it is logged. Nothing was changed."
USED, READ_ONLY, UNKNOWN = "used", "read_only", "unknown"
COUNTS = {
    ImportRow.NEW: "new",
    ImportRow.CHANGED: "changed",
    ImportRow.UNCHANGED: "unchanged",
    ImportRow.WRONG: "wrong",
}

Cells = dict[str, str]


class Head(NamedTuple):
    """The first row of a sheet: our name of each column, or None, by its place; and how it is called there."""

    columns: list[str | None]
    titles: list[str]

    def cells(self, row: SheetRow) -> Cells:
        pairs = zip(self.columns, row.cells, strict=False)
        return {column: cell for column, cell in pairs if column and cell}


def head_of(rows: Iterator[SheetRow]) -> list[str]:
    """Return the names of the columns; raises UnreadableSheet."""
    first = next(rows, None)
    if first is None:
        raise UnreadableSheet("The sheet is empty.")
    return [cell.strip() for cell in first.cells]


def read_head(resource: SheetResource, titles: Sequence[str]) -> Head:
    """Return which columns of the shop these are; raises UnreadableSheet for a head that is none."""
    known = resource.columns()
    named = [resource.with_header(title) for title in titles]
    columns = [name if name in known else None for name in named]
    used = [name for name in columns if name]
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        raise UnreadableSheet(f"More than one column is called {', '.join(twice)}.")
    if not {*used} & {*resource.keys}:
        wanted = " or ".join(resource.keys)
        raise UnreadableSheet(f"The first row of the sheet names no column {wanted}.")
    if not {*used} & {*resource.written()}:
        raise UnreadableSheet(f"No column can be imported; known are {', '.join(known)}.")
    return Head(columns, [*titles])


def columns_told(resource: SheetResource, head: Head) -> dict[str, list[str]]:
    """Return by what becomes of them how the columns of a sheet are called there."""
    known = resource.columns()
    told: dict[str, list[str]] = {USED: [], READ_ONLY: [], UNKNOWN: []}
    for column, title in zip(head.columns, head.titles, strict=True):
        if column is None:
            told[UNKNOWN] += [title[:100]] if title else []
        else:
            told[READ_ONLY if known[column].readonly else USED].append(column)
    return told


def check_import(*, run_id: int) -> None:
    """Read the whole sheet and store what each row would do; one that cannot be read is refused."""
    run = begin_check(run_id=run_id)
    if run is None:
        return
    try:
        Check(run).run_all()
    except UnreadableSheet as error:
        refuse(run, str(error))
    except (LookupError, ValueError, TypeError, ArithmeticError):
        logger.exception("Import %s could not be checked", run_id)
        refuse(run, BROKEN)


@retrying_transaction
def begin_check(*, run_id: int) -> ImportRun | None:
    """Begin a check from the start, or refuse the sheet whose check has killed its workers."""
    run = locked_run(run_id, ImportState.CHECKING)
    # A task that comes twice must not end the check that the first has begun.
    if run is None or run.begun > run.attempts:
        return None
    run.rows.all().delete()
    run.begun += 1
    run.checked = run.new = run.changed = run.unchanged = run.wrong = 0
    run.active_at = timezone.now()
    if run.begun > MAX_CHECKS:
        run.state, run.problem = ImportState.REFUSED, "The check was stopped again and again."
    run.save()
    return run if run.state == ImportState.CHECKING else None


def locked_run(run_id: int, state: ImportState) -> ImportRun | None:
    """Lock an import that is in a state, so that those who work on it take turns."""
    return ImportRun.objects.select_for_update().filter(pk=run_id, state=state).first()


@retrying_transaction
def refuse(run: ImportRun, problem: str) -> None:
    run.rows.all().delete()
    run.pieces.all().delete()
    ImportRun.objects.filter(pk=run.pk, state=ImportState.CHECKING).update(
        state=ImportState.REFUSED, problem=problem[:1000], checked=0
    )


class Check:
    """One check of a sheet, which ends where somebody else has begun another."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.resource = RESOURCES[run.kind]()
        # Row of the sheet by what it claims, such as a product.
        self.claimed: dict[str, int] = {}

    def run_all(self) -> None:
        rows = sheet_rows(self.content(), self.run.file_name)
        head = read_head(self.resource, head_of(rows))
        checked = 0
        while batch := list(islice(rows, BATCH)):
            checked += len(batch)
            if settings.CELERY_TASK_ALWAYS_EAGER and checked > MAX_ROWS_WITHOUT_WORKER:
                raise UnreadableSheet(
                    f"Without a worker (BROKER_URL) at most {MAX_ROWS_WITHOUT_WORKER:,} rows are imported "
                    "at once; divide the sheet."
                )
            if not store_rows(self.run, checked, self.staged(batch, head)):
                return
        finish_check(self.run)

    def content(self) -> bytes:
        pieces = self.run.pieces.order_by("number").values_list("content", flat=True)
        return file_content(bytes(piece) for piece in pieces.iterator(chunk_size=1))

    def staged(self, batch: Sequence[SheetRow], head: Head) -> list[ImportRow]:
        cells = [head.cells(row) for row in batch]
        related = self.resource.prepare(cells)
        found = self.resource.find(cells)
        drafts = [
            self.draft(row.number, cells[place], found[place], related)
            for place, row in enumerate(batch)
        ]
        self.add_taken([draft for draft in drafts if draft.instance is not None])
        return [self.as_row(draft) for draft in drafts]

    def draft(self, number: int, cells: Cells, found: Any, related: Any) -> "Draft":
        if isinstance(found, RowRefused):
            return Draft(number, cells, None, {}, [[found.column, found.message]], False)
        is_new = found is None
        instance = self.resource.model()() if is_new else found
        written = self.resource.written()
        before = plain_values(instance, written) if not is_new else {}
        errors = self.resource.assign(instance, cells, related)
        if is_new:
            errors += self.new_row_errors(instance, {name for name, _ in errors})
        errors += self.claim(number, instance, is_new)
        changes = {}
        if not errors:
            changes = differences(before, plain_values(instance, written), is_new=is_new)
        return Draft(number, cells, instance, changes, errors, is_new)

    def new_row_errors(self, instance: Any, wrong: set[str]) -> list[list[str]]:
        given = copy(instance.__dict__)
        self.resource.complete(instance)
        completed = {
            name
            for name in self.resource.written()
            if instance.__dict__.get(name) != given.get(name)
        }
        missing = [pair for pair in self.resource.missing(instance) if pair[0] not in wrong]
        return missing + self.resource.validated(
            instance, completed - {name for name, _ in missing}
        )

    def claim(self, number: int, instance: Any, is_new: bool) -> list[list[str]]:
        for claim in self.resource.claims(instance, is_new):
            other = self.claimed.setdefault(claim, number)
            if other != number:
                return [["", f"Row {other} has the same {claim.partition(' ')[0]}."]]
        return []

    def add_taken(self, drafts: "Sequence[Draft]") -> None:
        for place, errors in self.resource.taken([draft.instance for draft in drafts]).items():
            drafts[place].errors.extend(errors)

    def as_row(self, draft: "Draft") -> ImportRow:
        state = ImportRow.CHANGED if draft.changes else ImportRow.UNCHANGED
        state = ImportRow.NEW if draft.is_new else state
        state = ImportRow.WRONG if draft.errors else state
        return ImportRow(
            run=self.run,
            number=draft.number,
            state=state,
            is_new=draft.is_new,
            object_id=draft.instance.pk if draft.instance else None,
            label=self.label(draft)[:MAX_LABEL],
            changes={} if draft.errors else draft.changes,
            errors=draft.errors,
        )

    def label(self, draft: "Draft") -> str:
        if draft.instance is not None and not draft.is_new:
            return self.resource.label(draft.instance)
        named = [draft.cells[key] for key in self.resource.keys if draft.cells.get(key)]
        return draft.cells.get("title") or " ".join(named)


class Draft(NamedTuple):
    number: int
    cells: Cells
    instance: Any
    changes: dict[str, list[Any]]
    errors: list[list[str]]
    is_new: bool


@retrying_transaction
def store_rows(run: ImportRun, checked: int, rows: Sequence[ImportRow]) -> bool:
    """Store checked rows, or return False where another check is under way."""
    locked = locked_run(run.pk, ImportState.CHECKING)
    if locked is None or locked.begun != run.begun:
        return False
    for row in rows:
        # A repeat after a lost race inserts it anew.
        row.pk = None
    ImportRow.objects.bulk_create(rows)
    for row in rows:
        name = COUNTS[row.state]
        setattr(locked, name, getattr(locked, name) + 1)
    locked.checked, locked.active_at = checked, timezone.now()
    locked.save()
    return True


@retrying_transaction
def finish_check(run: ImportRun) -> None:
    locked = locked_run(run.pk, ImportState.CHECKING)
    if locked is None or locked.begun != run.begun:
        return
    locked.pieces.all().delete()
    locked.state, locked.total, locked.attempts = ImportState.CHECKED, locked.checked, 0
    locked.active_at = timezone.now()
    if not locked.checked:
        locked.state, locked.problem = ImportState.REFUSED, "The sheet has no rows but the first."
    locked.save()
