"""The numbered papers of the books: invoices, and the credit notes that take one back."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from storefront.models import PartialUpdateModel

from ..money import DECIMAL_PLACES, SUM_DIGITS
from .orders import Order

# Characters of a prefix and a year, and of a whole number.
SERIES_LENGTH, NUMBER_LENGTH = 30, 40


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note", "Credit note"


class InvoiceCounter(PartialUpdateModel):
    """The last number of a series; a transaction that takes the next one holds the row until it ends."""

    series = models.CharField(max_length=SERIES_LENGTH, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.series}{self.last}"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def standing(self) -> "InvoiceQuerySet":
        """Keep the invoices that no credit note has taken back."""
        return self.filter(kind=InvoiceKind.INVOICE, correction=None)

    def of_orders(self, keys: Iterable[int]) -> "InvoiceQuerySet":
        """Keep the papers of these orders, those of an order together, as they were issued."""
        return self.filter(order__in=list(keys)).order_by("order", "turn")

    def of_deleted_accounts(self) -> "InvoiceQuerySet":
        return self.filter(order__customer__user__deleted_at__isnull=False)


class Invoice(PartialUpdateModel):
    """An invoice or a credit note, as it was issued: nothing in it follows later changes of the shop."""

    kind = models.CharField(max_length=11, choices=InvoiceKind.choices, default=InvoiceKind.INVOICE)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    # Counts the papers of an order: of two that are issued at once, the database refuses one.
    turn = models.PositiveSmallIntegerField(default=1)
    # The invoice that a credit note takes back.
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="correction"
    )
    series = models.CharField(max_length=SERIES_LENGTH)
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=NUMBER_LENGTH, unique=True)
    issued_at = models.DateTimeField(default=timezone.now)
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=SUM_DIGITS, decimal_places=DECIMAL_PLACES)
    tax = models.DecimalField(max_digits=SUM_DIGITS, decimal_places=DECIMAL_PLACES)
    total = models.DecimalField(max_digits=SUM_DIGITS, decimal_places=DECIMAL_PLACES)
    # Apart from the rest: who has left the shop is taken out of it, in time.
    buyer: Any = models.JSONField()
    buyer_erased_at = models.DateTimeField(null=True, blank=True)
    seller: Any = models.JSONField()
    # The order, its lines and the totals by rate of tax; amounts are texts.
    content: Any = models.JSONField()

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-id"]
        # Who sees an order sees its papers; who changes it issues them.
        default_permissions = ()
        indexes = [models.Index(fields=["issued_at", "id"], name="invoice_issued")]
        constraints = [
            models.UniqueConstraint(fields=["series", "position"], name="invoice_number_once"),
            models.UniqueConstraint(fields=["order", "turn"], name="invoice_turn_once"),
            models.CheckConstraint(
                condition=Q(kind="invoice", corrects=None)
                | Q(kind="credit_note", corrects__isnull=False),
                name="invoice_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
