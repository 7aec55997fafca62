from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from outbox.claims import Claimable, ClaimableQuerySet
from storefront.models import PartialUpdateModel

from .addresses import AddressRefused, target_of
from .event_types import TEST
from .sending import ANSWER_LENGTH
from .signing import new_secret


def validate_address(url: str) -> None:
    try:
        target_of(url)
    except AddressRefused as error:
        raise ValidationError(str(error)) from error


def new_message_id() -> str:
    return f"msg_{uuid4().hex}"


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def on(self) -> "EndpointQuerySet":
        return self.filter(is_on=True)


class Endpoint(PartialUpdateModel):
    """An address of another system, and what is told to it."""

    url = models.CharField("address", max_length=500, validators=[validate_address])
    description = models.CharField(max_length=255, blank=True)
    # Names of EVENT_TYPES.
    event_types = models.JSONField("events", default=list)
    is_on = models.BooleanField("on", default=True)
    secret = models.CharField(max_length=100, default=new_secret, editable=False)
    # Signs beside the new one until then, so that a receiver can be told the new one in peace.
    previous_secret = models.CharField(max_length=100, blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    # Why the shop has switched it off; empty where staff have.
    switched_off_because = models.CharField(max_length=255, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ["url", "id"]
        permissions = [("view_secret", "Can see and replace the secret of an endpoint")]

    def __str__(self) -> str:
        return self.url

    @property
    def valid_secrets(self) -> list[str]:
        until = self.previous_secret_until
        is_valid = until is not None and until > timezone.now()
        return [self.secret, self.previous_secret] if is_valid else [self.secret]


class EndpointState(PartialUpdateModel):
    """What the workers write down of an endpoint.

    Not in its own row: whoever records an event locks that against changes, where the foreign key of a
    delivery is checked.
    """

    endpoint = models.OneToOneField(
        Endpoint, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    # Until when a worker has it for itself.
    leased_until = models.DateTimeField(null=True)
    # When the first of the failures came since which nothing was delivered.
    failing_since = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"State of {self.endpoint_id}"


class Event(PartialUpdateModel):
    """Something that happened, as every receiver is told of it."""

    # Its webhook-id. Made here, so that many can be written at once with their deliveries.
    id = models.CharField(max_length=40, primary_key=True, default=new_message_id)
    type = models.CharField(max_length=100)
    # The text that is signed, to the letter.
    payload = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class DeliveryQuerySet(ClaimableQuerySet["Delivery"]):
    def sendable(self) -> "DeliveryQuerySet":
        """Those due; what is for an endpoint that is off waits, except a test.

        Not for the statement that claims: with a join MariaDB would look and write in two.
        """
        due: DeliveryQuerySet = self.due()
        return due.filter(models.Q(endpoint__is_on=True) | models.Q(event__type=TEST))

    def delivered(self) -> "DeliveryQuerySet":
        return self.filter(delivered_at__isnull=False)

    def given_up(self) -> "DeliveryQuerySet":
        finished: DeliveryQuerySet = self.finished()
        return finished.filter(delivered_at=None)

    def waiting(self) -> "DeliveryQuerySet":
        return self.filter(due_at__isnull=False)


class Delivery(Claimable):
    """An event on its way to an endpoint; the last attempt stands here too."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    delivered_at = models.DateTimeField(null=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    # Milliseconds.
    duration = models.PositiveIntegerField(null=True)
    last_error = models.CharField(max_length=255, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="delivery_once"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="delivery_due"),
            models.Index(fields=["endpoint", "due_at", "id"], name="delivery_endpoint_due"),
            models.Index(fields=["endpoint", "-id"], name="delivery_endpoint_newest"),
            # For the metrics and the admin: what was not delivered is little of all.
            models.Index(fields=["delivered_at", "due_at", "id"], name="delivery_delivered"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}"


class Attempt(PartialUpdateModel):
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    started_at = models.DateTimeField()
    # Milliseconds.
    duration = models.PositiveIntegerField()
    status_code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=255, blank=True)
    # How the answer began.
    answer = models.CharField(max_length=ANSWER_LENGTH, blank=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S}: {self.status_code or self.error}"
