from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from storefront.models import PartialUpdateModel

# One that is at work and has told nothing of itself for this long has lost its task.
STALLED = timedelta(minutes=2)
MAX_LABEL = 255


class ImportKind(models.TextChoices):
    """What the rows of a sheet are about."""

    PRODUCTS = "products", "Products"
    STOCK = "stock", "Stock and prices"
    COLLECTIONS = "collections", "Collections"
    CUSTOMERS = "customers", "Customers"


class ImportState(models.TextChoices):
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked"
    REFUSED = "refused", "Refused"
    APPLYING = "applying", "Being applied"
    APPLIED = "applied", "Applied"
    UNDOING = "undoing", "Being taken back"
    UNDONE = "undone", "Taken back"


AT_WORK = [ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING]


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def at_work(self) -> "ImportRunQuerySet":
        """Those that a task has to go on with."""
        return self.filter(state__in=AT_WORK)

    def stalled(self) -> "ImportRunQuerySet":
        """Those at work whose task must have been lost."""
        return self.at_work().filter(active_at__lt=timezone.now() - STALLED)


class ImportRun(PartialUpdateModel):
    """A sheet that somebody has uploaded, from its check to what it did."""

    kind = models.CharField(max_length=16, choices=ImportKind.choices)
    state = models.CharField(
        max_length=16, choices=ImportState.choices, default=ImportState.CHECKING
    )
    file_name = models.CharField(max_length=255)
    # Names of columns by what becomes of them: "used", "read_only" or "unknown".
    columns = models.JSONField(default=dict)
    # Why it was refused or taken back.
    problem = models.CharField(max_length=1000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # When the last batch was done, or the task was started again.
    active_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    # How often its task was started again without getting any further; of a check, how many were given up.
    attempts = models.PositiveIntegerField(default=0)
    # Checks that were begun; one more may be for each that was given up.
    begun = models.PositiveIntegerField(default=0)
    # Of the sheet; a guess until all are checked.
    total = models.PositiveIntegerField("rows", default=0)
    checked = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField("errors", default=0)
    applied = models.PositiveIntegerField(default=0)
    # Changed by somebody between the check and the write.
    refused = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    # Changed by somebody after the write, so that they were not taken back.
    kept = models.PositiveIntegerField(default=0)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        ordering = ["-created_at", "-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["created_at", "id"], name="importrun_created"),
            models.Index(fields=["state", "active_at"], name="importrun_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values), name="importrun_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ImportKind.values), name="importrun_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def to_apply(self) -> int:
        """Rows that would change something."""
        return self.new + self.changed

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def work(self) -> tuple[int, int]:
        """How many rows of how many its present work has dealt with."""
        match self.state:
            case ImportState.APPLYING:
                return self.applied + self.refused, self.to_apply
            case ImportState.UNDOING | ImportState.UNDONE:
                return self.undone + self.kept, self.applied
            case _:
                return self.checked, max(self.total, self.checked)


class ImportPiece(PartialUpdateModel):
    """A part of an uploaded file, which a worker on another machine reads; deleted after the check."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        default_permissions = ()
        ordering = ["run", "number"]

    def __str__(self) -> str:
        return f"Piece {self.number} of import {self.run_id}"


class ImportRow(PartialUpdateModel):
    """A row of a sheet: what it would change, what it did, or what is wrong with it."""

    NEW = "N"
    CHANGED = "C"
    UNCHANGED = "S"
    WRONG = "E"
    APPLIED = "A"
    REFUSED = "R"
    UNDONE = "U"
    KEPT = "K"
    STATE_CHOICES = [
        (NEW, "New"),
        (CHANGED, "Changed"),
        (UNCHANGED, "Unchanged"),
        (WRONG, "Error"),
        (APPLIED, "Applied"),
        (REFUSED, "Left: changed since the check"),
        (UNDONE, "Taken back"),
        (KEPT, "Not taken back: changed since"),
    ]
    WAITING = (NEW, CHANGED)
    # What somebody has to look at.
    TROUBLED = (WRONG, REFUSED, KEPT)

    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    # As the spreadsheet counts, whose first row has the names of the columns.
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=1, choices=STATE_CHOICES)
    is_new = models.BooleanField(default=False)
    # The row of the shop that it is about; a new one has none before it is written.
    object_id = models.BigIntegerField(null=True)
    label = models.CharField(max_length=MAX_LABEL, blank=True)
    # Values by field, before and after, as JSON has them.
    changes = models.JSONField(default=dict)
    # Pairs of a column, or "", and what is wrong there.
    errors = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        ordering = ["run", "number"]
        indexes = [
            models.Index(fields=["run", "state", "number"], name="importrow_state"),
            models.Index(fields=["object_id"], name="importrow_object"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="importrow_number"),
        ]

    def __str__(self) -> str:
        return f"Row {self.number} of import {self.run_id}"
