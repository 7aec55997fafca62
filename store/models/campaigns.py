from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from outbox.models import Mail
from storefront.models import PartialUpdateModel

from ..validators import validate_one_line
from .customers import Customer
from .promotions import Promotion

MAX_SUBJECT = 200
# A batch of mails with texts of this length fits into one statement of MariaDB (16 MB).
MAX_TEXT = 5000
# A running campaign without a batch for this long has lost its task.
STALLED = timedelta(minutes=5)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def running(self) -> "CampaignQuerySet":
        """Those with recipients whose mails are not in the outbox yet."""
        return self.filter(finished_at=None)

    def open(self) -> "CampaignQuerySet":
        """Those of which mails may still wait in the outbox."""
        return self.filter(closed_at=None)

    def stalled(self) -> "CampaignQuerySet":
        """Those running whose task must have been lost."""
        return self.running().filter(active_at__lt=timezone.now() - STALLED)

    def with_progress(self) -> "CampaignQuerySet":
        """Annotate each campaign with how many of its mails were sent and how many given up."""
        counts = {
            "sent_now": _count("sent", Q(mail__sent_at__isnull=False)),
            "given_up_now": _count("given_up", Q(mail__sent_at=None, mail__due_at=None)),
        }
        return self.annotate(**counts)


def _count(final: str, mails: Q) -> Case:
    rows = CampaignRecipient.objects.filter(
        mails, campaign=OuterRef("pk"), state=CampaignRecipient.QUEUED, mail__id__isnull=False
    )
    counted = rows.order_by().values("campaign").annotate(count=Count("pk")).values("count")
    # A closed campaign keeps its numbers: its mails are deleted in the end.
    return Case(
        When(closed_at__isnull=False, then=F(final)), default=Coalesce(Subquery(counted), 0)
    )


class Campaign(PartialUpdateModel):
    """A message of the shop to many customers."""

    # Names the form that started it, so that a form sent twice starts one campaign.
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    subject = models.CharField(max_length=MAX_SUBJECT, validators=[validate_one_line])
    text = models.TextField(max_length=MAX_TEXT, validators=[MaxLengthValidator(MAX_TEXT)])
    promotion = models.ForeignKey(
        Promotion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # When the last batch was queued, or the task was started again.
    active_at = models.DateTimeField(default=timezone.now)
    # When the last recipient was dealt with.
    finished_at = models.DateTimeField(null=True, blank=True)
    # When staff have stopped it.
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the numbers below became final.
    closed_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField("recipients", default=0)
    queued = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    given_up = models.PositiveIntegerField(default=0)

    # Annotated by with_progress().
    sent_now: int
    given_up_now: int

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["created_at", "id"], name="campaign_created"),
            models.Index(fields=["finished_at", "active_at"], name="campaign_finished"),
            models.Index(fields=["closed_at", "finished_at"], name="campaign_closed"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def done(self) -> int:
        """Recipients of whom nothing more is awaited."""
        return self.sent_now + self.given_up_now + self.skipped

    @property
    def waiting(self) -> int:
        """Recipients whose mail has yet to be queued, sent or given up."""
        return self.total - self.done

    def mail_key(self, customer_id: int) -> str:
        """Return the key under which the outbox takes a customer's mail once."""
        return f"campaign:{self.pk}:customer:{customer_id}"


class CampaignRecipient(PartialUpdateModel):
    WAITING = "W"
    QUEUED = "Q"
    SKIPPED = "S"
    STATE_CHOICES = [(WAITING, "Waiting"), (QUEUED, "Queued"), (SKIPPED, "Skipped")]

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="recipients", db_index=False
    )
    # No constraint: to write 100,000 rows must not lock as many customers against their own writes.
    # One who is gone when their turn comes is skipped.
    customer = models.ForeignKey(
        Customer,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    state = models.CharField(max_length=1, choices=STATE_CHOICES, default=WAITING)
    # The outbox deletes its mails long after the campaign was closed.
    mail = models.ForeignKey(
        Mail,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "state", "id"], name="campaignrecipient_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "customer"], name="campaignrecipient_unique"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["W", "Q", "S"]), name="campaignrecipient_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Customer {self.customer_id} of campaign {self.campaign_id}"
