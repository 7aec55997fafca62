"""The life of an endpoint: its secret, and whether it is on."""

import logging
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from outbox.content import render
from outbox.staff import queue_to_admins

from ..models import Delivery, Endpoint, EndpointState
from ..signals import deliveries_due
from ..signing import fingerprint_of, new_secret

logger = logging.getLogger(__name__)

# For which the secret of before still signs.
ROTATION = timedelta(days=1)
# After which an endpoint that has taken nothing is switched off.
PATIENCE = timedelta(days=1)
# Deliveries that one transaction deletes.
DELETED_AT_ONCE = 1000
SWITCHED_OFF = "webhooks/mail/switched_off.html"


def rotate_secret(*, endpoint: Endpoint, seen: str) -> bool:
    """Give an endpoint a new secret; the one of before signs beside it for ROTATION.

    False where it no longer has the secret of this fingerprint, as after a double click.
    """
    if fingerprint_of(endpoint.secret) != seen:
        return False
    # The old secret stands in the statement, so that of two who try one wins.
    return bool(
        Endpoint.objects.filter(pk=endpoint.pk, secret=endpoint.secret).update(
            secret=new_secret(),
            previous_secret=endpoint.secret,
            previous_secret_until=timezone.now() + ROTATION,
        )
    )


@transaction.atomic
def start_anew(*, endpoint: Endpoint) -> None:
    """Forget the failures of an endpoint that staff have switched on or given another address.

    What waits for it is due at once.
    """
    now = timezone.now()
    EndpointState.objects.filter(pk=endpoint.pk).update(failing_since=None)
    Endpoint.objects.filter(pk=endpoint.pk).update(switched_off_because="")
    Delivery.objects.waiting().filter(endpoint=endpoint, due_at__gt=now).update(due_at=now)
    transaction.on_commit(
        lambda: deliveries_due.send_robust(sender=Delivery, endpoint_ids=[endpoint.pk])
    )


@transaction.atomic
def switch_off(*, endpoint: Endpoint, because: str) -> None:
    """Switch an endpoint off and tell ADMINS why; what waits for it waits on."""
    # Of two workers that find it dead one tells.
    if (
        not Endpoint.objects.on()
        .filter(pk=endpoint.pk)
        .update(is_on=False, switched_off_because=because)
    ):
        return
    logger.error("Webhook endpoint %s is switched off: %s", endpoint.pk, because)
    waiting = Delivery.objects.waiting().filter(endpoint=endpoint).count()
    content = render(SWITCHED_OFF, {"endpoint": endpoint, "because": because, "waiting": waiting})
    queue_to_admins(
        content=content, key=f"webhook:{endpoint.pk}:off:{timezone.now():%Y%m%d%H%M%S%f}"
    )


def empty_for_deletion(*, endpoint_ids: Collection[int]) -> None:
    """Switch endpoints off and delete their deliveries; RuntimeError inside of a transaction.

    Each batch is committed by itself: an order that needs the row of an endpoint does not wait for all of them.
    """
    on = Endpoint.objects.on().filter(pk__in=endpoint_ids)
    with transaction.atomic(durable=True):
        on.update(is_on=False, switched_off_because="It was to be deleted.")
    deliveries = Delivery.objects.filter(endpoint__in=endpoint_ids).order_by()
    while keys := list(deliveries.values_list("pk", flat=True)[:DELETED_AT_ONCE]):
        with transaction.atomic(durable=True):
            Delivery.objects.filter(pk__in=keys).delete()


def note_success(*, endpoint: Endpoint) -> None:
    # Written where it changes something only.
    failing = EndpointState.objects.filter(pk=endpoint.pk, failing_since__isnull=False)
    failing.update(failing_since=None)


def note_failure(*, endpoint: Endpoint) -> None:
    """Remember since when an endpoint has taken nothing, and switch it off after PATIENCE."""
    now = timezone.now()
    if EndpointState.objects.filter(pk=endpoint.pk, failing_since=None).update(failing_since=now):
        return
    if EndpointState.objects.filter(pk=endpoint.pk, failing_since__lte=now - PATIENCE).exists():
        switch_off(endpoint=endpoint, because="Every delivery of a whole day has failed.")
