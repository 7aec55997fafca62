"""The life of an import: a sheet is uploaded, checked, applied in batches, and taken back in batches."""

import logging
from datetime import timedelta
from time import monotonic
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from history.models import Door
from history.origins import origin

from ..exceptions import ImportConflict
from ..models import ImportKind, ImportPiece, ImportRow, ImportRun, ImportState
from ..models.imports import STALLED
from ..resources import SheetResource
from ..sheets.errors import UnreadableSheet
from ..sheets.reading import sheet_rows
from ..signals import import_waiting
from .import_checks import check_import, columns_told, head_of, locked_run, read_head
from .import_values import RESOURCES
from .import_writes import write_rows
from .transactions import retrying_transaction

logger = logging.getLogger(__name__)

PIECE = 1024 * 1024
# Seconds that a batch is to hold its locks: an order of the same product waits for so long.
BATCH_SECONDS = 0.4
FIRST_BATCH, SMALLEST_BATCH, LARGEST_BATCH = 50, 20, 500
# How often a batch is tried that another writer made impossible between its look and its write.
TRIES = 3
# How often an import is begun again that gets no further, before it is taken back: for an hour, as a
# queue may be long.
MAX_ATTEMPTS = 30
PURGED_AT_ONCE = 2000
TAKEN_BACK = "The import was taken back."
STOPPED = "An unexpected error stopped it, which is logged: what was written is taken back."


class Sheet(NamedTuple):
    """An uploaded file whose first row was read."""

    content: bytes
    file_name: str
    kind: str
    columns: dict[str, list[str]]


def read_sheet(*, content: bytes, file_name: str, kind: str = "") -> Sheet:
    """Read the head of a file, and recognise what its rows are about unless it is told.

    Raises UnreadableSheet.
    """
    titles = head_of(sheet_rows(content, file_name))
    kind = kind or recognised(titles)
    resource = RESOURCES[kind]()
    columns = columns_told(resource, read_head(resource, titles))
    return Sheet(content, file_name[-255:], kind, columns)


def recognised(titles: list[str]) -> str:
    """Return what the rows of a sheet with these columns are about; raises UnreadableSheet."""

    def has(resource: type[SheetResource], *columns: str) -> bool:
        return not {resource.with_header(title) for title in titles}.isdisjoint(columns)

    if has(RESOURCES[ImportKind.CUSTOMERS], "email", "membership", "phone", "birth_date"):
        return ImportKind.CUSTOMERS
    products = RESOURCES[ImportKind.PRODUCTS]
    if has(products, "sku", "slug", "unit_price", "inventory"):
        whole = has(products, "title", "description", "collection", "is_published")
        # A list of a supplier names each product, too; what it lacks tells it from a catalogue.
        tells_more = has(products, "collection", "slug", "is_published", "description")
        has_stock = has(products, "inventory", "unit_price")
        is_catalog = whole and (tells_more or not has_stock)
        return ImportKind.PRODUCTS if is_catalog else ImportKind.STOCK
    if has(RESOURCES[ImportKind.COLLECTIONS], "title", "featured_product"):
        return ImportKind.COLLECTIONS
    raise UnreadableSheet(
        "The columns do not tell what the sheet is about. Its first row must name them: "
        "sku and inventory, for example."
    )


@retrying_transaction
def start_import(*, sheet: Sheet, by: Any) -> ImportRun:
    """Keep an uploaded sheet; it is checked after the commit."""
    run = ImportRun.objects.create(
        kind=sheet.kind, file_name=sheet.file_name, columns=sheet.columns, created_by=by
    )
    for number, start in enumerate(range(0, len(sheet.content), PIECE)):
        piece = sheet.content[start : start + PIECE]
        ImportPiece.objects.create(run=run, number=number, content=piece)
    announce(run.pk)
    return run


def announce(run_id: int) -> None:
    """Have a worker go on with an import once this is committed."""
    transaction.on_commit(lambda: import_waiting.send_robust(sender=ImportRun, run_id=run_id))


@retrying_transaction
def apply_import(*, run_id: int, by: Any, leave_errors: bool = False) -> None:
    """Have a checked import written to the shop; with errors only if these rows are to be left.

    Raises ImportConflict, also where somebody has said so already.
    """
    now = timezone.now()
    checked = ImportRun.objects.filter(pk=run_id, state=ImportState.CHECKED)
    ready = checked.filter(Q(new__gt=0) | Q(changed__gt=0))
    changes = {"applied_by": by, "applied_at": now, "active_at": now, "attempts": 0}
    allowed = ready if leave_errors else ready.filter(wrong=0)
    if not allowed.update(state=ImportState.APPLYING, **changes):
        raise ImportConflict
    announce(run_id)


@retrying_transaction
def undo_import(*, run_id: int, problem: str = "") -> None:
    """Have what an import has written taken back, also of one that is still being applied; raises ImportConflict."""
    states = [ImportState.APPLYING, ImportState.APPLIED]
    written = ImportRun.objects.filter(pk=run_id, state__in=states)
    changes = {"problem": problem, "active_at": timezone.now(), "attempts": 0}
    if not written.update(state=ImportState.UNDOING, **changes):
        raise ImportConflict
    announce(run_id)


def advance_import(*, run_id: int, seconds: float) -> bool:
    """Work on an import for some seconds, batch by batch; return whether more is to be done."""
    end, size = monotonic() + seconds, FIRST_BATCH
    while True:
        begin = monotonic()
        if not advance_once(run_id, size):
            return False
        took = monotonic() - begin
        size = min(LARGEST_BATCH, max(SMALLEST_BATCH, int(size * min(2, BATCH_SECONDS / took))))
        if monotonic() > end:
            return True


def advance_once(run_id: int, size: int) -> bool:
    """Do what an import needs next; return whether more is to be done."""
    state = ImportRun.objects.filter(pk=run_id).values_list("state", flat=True).first()
    match state:
        case ImportState.CHECKING:
            check_import(run_id=run_id)
            return False
        case ImportState.APPLYING:
            return apply_some(run_id, size)
        case ImportState.UNDOING:
            return undo_batch(run_id=run_id, size=size)
    return False


def apply_some(run_id: int, size: int) -> bool:
    """Apply a batch; what fails for good is taken back, and nothing is left half done."""
    for tries_left in reversed(range(TRIES)):
        try:
            return apply_batch(run_id=run_id, size=size)
        except OperationalError:
            # The database is away, or busy: the task is tried again.
            raise
        except Exception as error:
            if tries_left and isinstance(error, IntegrityError):
                # Looked at again, the row that another writer was faster with is refused.
                continue
            logger.exception("Import %s failed", run_id)
            undo_import(run_id=run_id, problem=STOPPED)
            return False
    raise AssertionError("unreachable: the last try returns or raises")


@retrying_transaction
def apply_batch(*, run_id: int, size: int) -> bool:
    """Write the next rows of an import to the shop; return whether more are waiting."""
    run = locked_run(run_id, ImportState.APPLYING)
    if run is None:
        return False
    rows = list(run.rows.filter(state__in=ImportRow.WAITING).order_by("number")[:size])
    with origin(door=Door.IMPORT, by=run.applied_by, reason=run.file_name):
        refusals = write_rows(kind=run.kind, rows=rows)
    note(rows, refusals, done=ImportRow.APPLIED, left=ImportRow.REFUSED)
    run.refused += len(refusals)
    run.applied += len(rows) - len(refusals)
    return go_on(run, len(rows) == size, ImportState.APPLIED)


@retrying_transaction
def undo_batch(*, run_id: int, size: int) -> bool:
    """Take back the rows of an import that were written last; return whether more are there."""
    run = locked_run(run_id, ImportState.UNDOING)
    if run is None:
        return False
    rows = list(run.rows.filter(state=ImportRow.APPLIED).order_by("-number")[:size])
    with origin(door=Door.IMPORT, by=run.applied_by, reason=TAKEN_BACK):
        refusals = write_rows(kind=run.kind, rows=rows, back=True)
    note(rows, refusals, done=ImportRow.UNDONE, left=ImportRow.KEPT)
    run.kept += len(refusals)
    run.undone += len(rows) - len(refusals)
    return go_on(run, len(rows) == size, ImportState.UNDONE)


def note(rows: list[ImportRow], refusals: dict[int, Any], *, done: str, left: str) -> None:
    """Write down of each row of a sheet what became of it."""
    written = [row.pk for row in rows if row.pk not in refusals]
    ImportRow.objects.filter(pk__in=written).update(state=done)
    refused = [row for row in rows if row.pk in refusals]
    for row in refused:
        row.state, row.errors = left, refusals[row.pk]
    ImportRow.objects.bulk_update(refused, ["state", "errors"])


def go_on(run: ImportRun, has_more: bool, end: ImportState) -> bool:
    run.active_at, run.attempts = timezone.now(), 0
    run.state = run.state if has_more else end
    run.save()
    return has_more


def resume_imports() -> list[int]:
    """Return the imports whose task was lost, each to one caller only; what gets no further is taken back."""
    found = []
    for run in ImportRun.objects.stalled():
        changes: dict[str, Any] = {"active_at": timezone.now()}
        is_check = run.state == ImportState.CHECKING
        changes["attempts"] = run.begun if is_check else run.attempts + 1
        if run.state == ImportState.APPLYING and run.attempts >= MAX_ATTEMPTS:
            changes |= {"state": ImportState.UNDOING, "problem": STOPPED}
        if ImportRun.objects.stalled().filter(pk=run.pk, state=run.state).update(**changes):
            found.append(run.pk)
    return found


def purge_imports() -> int:
    """Delete the imports of long ago with what they hold, which may be about people; return how many."""
    last = timezone.now() - timedelta(days=settings.STORE_IMPORT_RETENTION)
    old = ImportRun.objects.filter(created_at__lt=last)
    # One that is under way is waited for, unless nobody goes on with it.
    writing = Q(state__in=[ImportState.APPLYING, ImportState.UNDOING])
    keys = list(
        old.exclude(writing, active_at__gte=timezone.now() - STALLED * 30).values_list(
            "pk", flat=True
        )
    )
    for key in keys:
        delete_rows_of(ImportRow.objects.filter(run=key))
        ImportRun.objects.filter(pk=key).delete()
    return len(keys)


def delete_rows_of(rows: QuerySet[ImportRow]) -> None:
    while keys := list(rows.order_by().values_list("pk", flat=True)[:PURGED_AT_ONCE]):
        ImportRow.objects.filter(pk__in=keys).delete()


def forget_customer(*, customer_id: int) -> None:
    """Take out of the imports what they hold about a customer."""
    about = ImportRow.objects.filter(object_id=customer_id, run__kind=ImportKind.CUSTOMERS)
    keys = list(about.order_by().values_list("pk", flat=True))
    ImportRow.objects.filter(pk__in=keys).update(label="", changes={}, errors=[])
