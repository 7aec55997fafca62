from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from storefront.sequences import sequence_behind

from ..exceptions import KeyInFlight, KeyReused, TooManyKeys
from ..models import IdempotencyKey
from .customers import lock_customer
from .transactions import lost_a_race, retrying_transaction

PURGED_AT_ONCE = 1000
KEY_LIFETIME = timedelta(hours=24)


@retrying_transaction
def reserve_key(*, user_id: int, key: str, request: str) -> IdempotencyKey:
    """Return the row of the user's key, made before anything else is done.

    Committed by itself: from then on there is a row that the requests under this key lock, one at a
    time. Raises KeyReused where the key came with another request before, and TooManyKeys.
    """
    digest, fingerprint = _digest(key), _digest(request)
    keys = IdempotencyKey.objects.filter(user_id=user_id, digest=digest)
    # Looked for first: to insert it again, MariaDB would wait for the request that has it locked.
    row = IdempotencyKey(user_id=user_id, digest=digest, fingerprint=fingerprint)
    if not keys.exists():
        refuse_more_keys(user_id)
        IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    stored = keys.first() or _insert(row)
    if stored.fingerprint != fingerprint:
        raise KeyReused
    return stored


def refuse_more_keys(user_id: int) -> None:
    """Raise TooManyKeys where a user has as many keys as may live at a time."""
    lock_customer(user_id=user_id)
    if IdempotencyKey.objects.filter(user_id=user_id).count() >= settings.STORE_IDEMPOTENCY_KEYS:
        raise TooManyKeys(settings.STORE_IDEMPOTENCY_KEYS)


def _insert(row: IdempotencyKey) -> IdempotencyKey:
    """Insert a row that was ignored though no other has its key, or raise what keeps it out."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        # On MariaDB it may be the foreign key: the user is deleted at this moment.
        raise sequence_behind(error) or KeyInFlight() from error
    return row


def lock_key(reserved: IdempotencyKey) -> IdempotencyKey:
    """Lock the row of a key for this transaction, or raise KeyInFlight where another one has it.

    A process that dies gives its lock back: the next request under the key starts again.
    """
    rows = IdempotencyKey.objects.select_for_update(
        # SQLite, where writers wait for each other, has none: the request in flight ends first.
        nowait=connection.features.has_select_for_update_nowait
    )
    try:
        return rows.get(pk=reserved.pk)
    except IdempotencyKey.DoesNotExist as error:
        # Purged, or gone with its user, since it was reserved.
        raise KeyInFlight from error
    except OperationalError as error:
        if lost_a_race(error):
            raise KeyInFlight from error
        raise


def lock_keys(*, user_id: int) -> None:
    """Lock all keys of a user, before the user: an order under a key has its lock, then refers to the user."""
    keys = IdempotencyKey.objects.select_for_update().filter(user_id=user_id).order_by("pk")
    list(keys.values_list("pk"))


def purge_keys() -> int:
    """Delete the keys that are a day old; return how many."""
    made_before = timezone.now() - KEY_LIFETIME
    old = IdempotencyKey.objects.filter(created_at__lt=made_before).order_by("created_at", "pk")
    total = 0
    while keys := list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE]):
        total += IdempotencyKey.objects.filter(pk__in=keys).delete()[0]
    return total


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
