from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from storefront.models import PartialUpdateModel

from ..money import DECIMAL_PLACES, SUM_DIGITS
from .orders import Order

# Characters of an address.
MAX_URL = 2000


class PaymentStatus(models.TextChoices):
    OPEN = "open"
    FAILED = "failed"
    SUCCEEDED = "succeeded"
    # The shop keeps no money for nothing: it goes back as soon as the gateway takes the order to.
    REFUND_DUE = "refund_due", "Refund due"
    REFUNDED = "refunded"


class PaymentQuerySet(models.QuerySet["Payment"]):
    def begun_since(self, moment: datetime) -> "PaymentQuerySet":
        """Keep the open payments that somebody has begun since a moment, and may be about to finish."""
        return self.filter(status=PaymentStatus.OPEN, created_at__gte=moment)


class Payment(PartialUpdateModel):
    """A payment for an order at a gateway, in the shop's currency."""

    # Names the payment to the gateway: asked twice under it, the gateway makes one payment.
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    # An order may be deleted while somebody is about to pay for it.
    order = models.ForeignKey(
        Order, on_delete=models.SET_NULL, null=True, blank=True, related_name="payments"
    )
    gateway = models.CharField(max_length=50)
    # The gateway's own name for it, once it has answered.
    reference = models.CharField(max_length=255, null=True, blank=True)
    # Some gateways keep the state of their page in it.
    checkout_url = models.CharField(max_length=MAX_URL, blank=True, default="")
    # Where the customer goes once it is made or given up; the front-end may have named none.
    return_url = models.CharField(max_length=MAX_URL, blank=True, default="", db_default="")
    cancel_url = models.CharField(max_length=MAX_URL, blank=True, default="", db_default="")
    amount = models.DecimalField(max_digits=SUM_DIGITS, decimal_places=DECIMAL_PLACES)
    status = models.CharField(
        max_length=10, choices=PaymentStatus.choices, default=PaymentStatus.OPEN
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["created_at", "id"], name="payment_created"),
            models.Index(fields=["status", "created_at", "id"], name="payment_status"),
            models.Index(fields=["reference"], name="payment_reference"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=PaymentStatus.values), name="payment_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Payment {self.pk}"


class PaymentEvent(PartialUpdateModel):
    """What a gateway told the shop, as it came; each event is recorded and applied once."""

    gateway = models.CharField(max_length=50)
    event_id = models.CharField(max_length=255)
    # SHA-256 of the id: collations that ignore case would take two events for one.
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=50)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    payload = models.TextField()
    # What the shop made of it, in a few words.
    outcome = models.CharField(max_length=100)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["received_at", "id"], name="paymentevent_received")]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "digest"], name="paymentevent_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
