"""How events reach their endpoints: one worker an endpoint, each delivery tried until it is taken."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import Enum, auto
from random import SystemRandom
from time import monotonic

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from ..event_types import TEST
from ..models import Attempt, Delivery, DeliveryQuerySet, Endpoint, EndpointState, Event
from ..sending import Answer, post
from ..signals import deliveries_due
from ..signing import signed_headers
from .endpoints import note_failure, note_success, switch_off

logger = logging.getLogger(__name__)
# After a deadlock too: what was sent and not logged is sent once more.
retrying_transaction: Callable[[Callable[..., None]], Callable[..., None]] = import_string(
    settings.RETRYING_TRANSACTION
)

BATCH = 100
# Seconds after which a worker turns to what else waits for it, such as mails.
TURN = 10
# Failures in a row after which a worker leaves an endpoint for later.
FAILURES = 3
# The wait after the first failure, by how much each one is longer, and the longest.
FIRST_WAIT, FACTOR, LONGEST_WAIT = timedelta(minutes=1), 3, timedelta(hours=12)
# How far a wait is drawn at random from its length, so that what failed together does not come together.
JITTER = 0.2
# Within about two days.
MAX_ATTEMPTS = 10
PURGED_AT_ONCE = 1000
GONE = 410
USER_AGENT = "Storefront-Webhooks/1.0"


class Turn(Enum):
    DONE = auto()
    # There is more, but other endpoints wait too.
    OVER = auto()
    FAILING = auto()
    OF_ANOTHER = auto()


def endpoints_due() -> list[int]:
    """Return the endpoints for which something is due, those that fail at the end."""
    due = Delivery.objects.sendable().order_by()
    failing = F("endpoint__state__failing_since")
    rows = due.values_list("endpoint", failing).distinct()
    return [key for key, since in sorted(rows, key=lambda row: (row[1] is not None, row[0]))]


def deliver_to(*, endpoint_id: int) -> bool:
    """Send what is due at one endpoint, tests first, then oldest first; return whether more is to be sent there now.

    Only one worker does at a time, so that a slow receiver holds no more than one of them.
    """
    ends_at = monotonic() + TURN
    # Asked again after the lease: whoever came for what was recorded meanwhile found it taken.
    while _sendable_to(endpoint_id).exists():
        with _leased(endpoint_id) as is_ours:
            turn = _send_batch(endpoint_id, ends_at) if is_ours else Turn.OF_ANOTHER
        if turn is not Turn.DONE:
            return turn is Turn.OVER
    return False


def _sendable_to(endpoint_id: int) -> DeliveryQuerySet:
    return Delivery.objects.sendable().filter(endpoint=endpoint_id)


@contextmanager
def _leased(endpoint_id: int) -> Iterator[bool]:
    """Take an endpoint for OUTBOX_LEASE at most; False where another worker has it."""
    if Endpoint.objects.filter(pk=endpoint_id).exists():
        EndpointState.objects.get_or_create(pk=endpoint_id)
    now = timezone.now()
    until = now + settings.OUTBOX_LEASE
    free = EndpointState.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now))
    is_ours = bool(free.filter(pk=endpoint_id).update(leased_until=until))
    try:
        yield is_ours
    finally:
        if is_ours:
            ours = EndpointState.objects.filter(pk=endpoint_id, leased_until=until)
            ours.update(leased_until=None)


def _send_batch(endpoint_id: int, ends_at: float) -> Turn:
    failures = 0
    for key in _next_keys(endpoint_id):
        if monotonic() > ends_at:
            return Turn.OVER
        answer = _deliver(key)
        if answer is None:
            continue
        failures = 0 if answer.is_success else failures + 1
        # Who does not answer at all costs the most time.
        if failures and (answer.status_code is None or failures == FAILURES):
            return Turn.FAILING
    return Turn.DONE


def _next_keys(endpoint_id: int) -> list[int]:
    """Return a batch of what is due, oldest first, behind the tests: staff watch for their answers."""
    due = _sendable_to(endpoint_id).order_by("due_at", "id").values_list("pk", flat=True)
    # Each in a query of its own, so that an index gives the order of the backlog.
    tests = due.filter(event__type=TEST)[:BATCH]
    others = due.exclude(event__type=TEST)[:BATCH]
    return [*tests, *others]


def _deliver(delivery_id: int) -> Answer | None:
    # One statement decides who sends; the claim ends by itself should this process die.
    if not Delivery.objects.claim(delivery_id):
        return None
    delivery = Delivery.objects.select_related("event", "endpoint").filter(pk=delivery_id).first()
    if delivery is None:
        # Deleted since, as with its endpoint.
        return None
    event, endpoint = delivery.event, delivery.endpoint
    if not endpoint.is_on and event.type != TEST:
        # Switched off at this moment.
        Delivery.objects.filter(pk=delivery.pk).update(
            due_at=timezone.now(), attempts=delivery.attempts - 1
        )
        return None
    at = timezone.now()
    try:
        answer = _send(event, endpoint, at)
    except Exception as error:
        # Whatever is wrong with one event must not keep back those behind it.
        logger.exception("Delivery %s cannot be sent", delivery.pk)
        answer = Answer(None, type(error).__name__)
    # A death before this line sends it once more, under the same webhook-id.
    try:
        _write_down(delivery, at, answer)
    except IntegrityError:
        if Delivery.objects.filter(pk=delivery.pk).exists():
            raise
        logger.info("Delivery %s was deleted while it was sent", delivery.pk)
        return None
    return answer


def _send(event: Event, endpoint: Endpoint, at: datetime) -> Answer:
    headers = signed_headers(
        message_id=event.pk, at=at, payload=event.payload, secrets=endpoint.valid_secrets
    )
    return post(
        endpoint.url,
        body=event.payload.encode(),
        headers={"Content-Type": "application/json", "User-Agent": USER_AGENT, **headers},
        seconds=settings.WEBHOOK_TIMEOUT,
    )


def _write_down(delivery: Delivery, at: datetime, answer: Answer) -> None:
    _log_attempt(delivery, at, answer)
    endpoint = delivery.endpoint
    if answer.is_success:
        note_success(endpoint=endpoint)
    elif answer.status_code == GONE:
        switch_off(endpoint=endpoint, because="It has answered 410 Gone.")
    elif delivery.event.type != TEST:
        note_failure(endpoint=endpoint)


@retrying_transaction
def _log_attempt(delivery: Delivery, at: datetime, answer: Answer) -> None:
    figures = {"status_code": answer.status_code, "duration": answer.duration}
    error = answer.error[:255]
    now = timezone.now()
    # Before the row that refers to it: MariaDB would lock it for reading first, and deadlock with a claim.
    if answer.is_success:
        Delivery.objects.filter(pk=delivery.pk).update(
            delivered_at=now, due_at=None, last_error="", **figures
        )
    else:
        wait = wait_after(delivery.attempts, answer)
        # Where the claim ran out meanwhile, the worker that took it over has the say.
        ours = Delivery.objects.filter(
            pk=delivery.pk, delivered_at=None, attempts=delivery.attempts
        )
        ours.update(due_at=now + wait if wait else None, last_error=error, **figures)
        logger.warning("Delivery %s failed: %s", delivery.pk, error)
    Attempt.objects.create(
        delivery=delivery, started_at=at, error=error, answer=answer.text, **figures
    )


def wait_after(attempts: int, answer: Answer) -> timedelta | None:
    """Return how long to wait after so many attempts, at least as long as asked; None: it is given up."""
    if answer.status_code == GONE or attempts >= MAX_ATTEMPTS:
        return None
    wait = min(FIRST_WAIT * FACTOR ** (attempts - 1), LONGEST_WAIT)
    drawn = wait * SystemRandom().uniform(1 - JITTER, 1 + JITTER)
    return max(drawn, timedelta(seconds=answer.retry_after))


@transaction.atomic
def send_again(*, deliveries: DeliveryQuerySet) -> int:
    """Send what was delivered or given up once more, under the same webhook-id; return how many."""
    finished = deliveries.finished()
    endpoint_ids = sorted(set(finished.order_by().values_list("endpoint", flat=True)))
    count = finished.update(due_at=timezone.now(), delivered_at=None, attempts=0)
    transaction.on_commit(
        lambda: deliveries_due.send_robust(sender=Delivery, endpoint_ids=endpoint_ids)
    )
    return count


def purge_events() -> int:
    """Delete events older than WEBHOOK_RETENTION with their deliveries; return how many."""
    old = Event.objects.filter(created_at__lt=timezone.now() - settings.WEBHOOK_RETENTION)
    total = 0
    while keys := list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE]):
        Event.objects.filter(pk__in=keys).delete()
        total += len(keys)
    return total
