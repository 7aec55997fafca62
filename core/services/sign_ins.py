"""How long an account waits after wrong passwords: from one network, and from everywhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from store.services.transactions import retrying_transaction
from storefront.limits.pseudonyms import pseudonym
from storefront.unique_keys.texts import nfkc_casefold

from ..models.sign_ins import TriedAccount, TriedNetwork

# The wait after the last free failure; it doubles with each one more.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
# What strangers can do to the owner of an account, at most.
LONGEST_HOLD = timedelta(minutes=15)
# Networks share it: a botnet gets this many times the failures of one.
EVERYWHERE = 2
FORGOTTEN_AFTER = timedelta(days=1)
KNOWN_FOR = timedelta(days=30)
# Longer than any name, so that none costs time.
MAX_LENGTH = 1000


class Place(NamedTuple):
    """An account, which may not exist, and a network from which it is tried; both as pseudonyms."""

    account: str
    key: str


@dataclass
class Begun:
    """An attempt that counts as failed until it is known to have gone well, or that has to `wait`."""

    place: Place
    wait: int = 0
    # What giving it back restores.
    tried_at: datetime | None = None
    held_until: datetime | None = None


def place_of(username: str, network: str) -> Place:
    name = nfkc_casefold(username[:MAX_LENGTH])
    return Place(
        pseudonym(name, purpose=f"{__name__}.account"),
        pseudonym(f"{network} {name}", purpose=f"{__name__}.network"),
    )


def begin_attempt(*, place: Place) -> Begun:
    """Count an attempt before its password is checked, or return how many seconds it has to wait."""
    if not settings.SIGN_IN_FAILURES:
        return Begun(place)
    begun = _begin(place)
    if begun is None:
        # By itself: in one transaction with a lock two that insert would deadlock on MariaDB.
        row = TriedAccount(account=place.account, expires_at=timezone.now() + FORGOTTEN_AFTER)
        TriedAccount.objects.bulk_create([row], ignore_conflicts=True)
        begun = _begin(place)
    return begun or Begun(place)


@retrying_transaction
def _begin(place: Place) -> Begun | None:
    account, now = locked(place), timezone.now()
    if account is None:
        return None
    network = tried_network(place, now)
    forget_what_is_old(account, network, now)
    held_until = hold(account, network, now)
    begun = Begun(place, 0, network.tried_at, held_until)
    begun.wait = seconds_until(max(held_until or now, free_at(network) or now), now)
    if not begun.wait:
        account.failures += 1
        network.failures += 1
        network.tried_at, network.held_until = now, None
        network.expires_at = max(network.expires_at, now + FORGOTTEN_AFTER)
    account.save()
    network.save()
    return begun


@retrying_transaction
def succeed(*, begun: Begun) -> None:
    """Take an attempt back whose password was right, and remember that this network signs in."""
    if not settings.SIGN_IN_FAILURES:
        return
    take_back(locked(begun.place))
    remember_network(place=begun.place)


@retrying_transaction
def give_back(*, begun: Begun) -> None:
    """Take an attempt back whose password was not checked."""
    if not settings.SIGN_IN_FAILURES:
        return
    take_back(locked(begun.place))
    network = tried_network(begun.place, timezone.now())
    network.failures = max(network.failures - 1, 0)
    network.tried_at, network.held_until = begun.tried_at, begun.held_until
    network.save()


@retrying_transaction
def forget_failures(*, username: str, network: str | None) -> None:
    """Let an account be tried anew, as after a reset; where it was reset from, it signs in from now on."""
    if not settings.SIGN_IN_FAILURES:
        return
    place = place_of(username, network or "")
    TriedAccount.objects.filter(pk=place.account).update(failures=0)
    TriedNetwork.objects.filter(account=place.account).update(failures=0, held_until=None)
    if network is not None:
        remember_network(place=place)


@retrying_transaction
def forget_account(*, username: str) -> None:
    """Delete all that is known of the attempts on an account that is no more."""
    account = place_of(username, "").account
    TriedAccount.objects.filter(pk=account).delete()
    TriedNetwork.objects.filter(account=account).delete()


def sign_ins_of(*, username: str) -> list[Any]:
    """Return what is known of the networks from which an account signed in or was tried."""
    rows = TriedNetwork.objects.filter(account=place_of(username, "").account).order_by("pk")
    return list(rows.values("tried_at", "signed_in_at", "expires_at"))


def remember_network(*, place: Place) -> None:
    now = timezone.now()
    network = tried_network(place, now)
    network.failures, network.held_until = 0, None
    network.signed_in_at, network.expires_at = now, now + KNOWN_FOR
    network.save()


def purge_attempts() -> int:
    """Delete what neither delays nor knows anybody any more; return how many rows."""
    old = {"expires_at__lte": timezone.now()}
    return sum(model.objects.filter(**old).delete()[0] for model in (TriedAccount, TriedNetwork))


def locked(place: Place) -> TriedAccount | None:
    return TriedAccount.objects.select_for_update().filter(pk=place.account).first()


def tried_network(place: Place, now: datetime) -> TriedNetwork:
    """Return the row of a network, whose account is locked."""
    defaults = {"account": place.account, "expires_at": now + FORGOTTEN_AFTER}
    return TriedNetwork.objects.get_or_create(pk=place.key, defaults=defaults)[0]


def take_back(account: TriedAccount | None) -> None:
    if account is not None and account.failures:
        account.failures -= 1
        account.save()


def forget_what_is_old(account: TriedAccount, network: TriedNetwork, now: datetime) -> None:
    if account.expires_at <= now:
        account.failures, account.expires_at = 0, now + FORGOTTEN_AFTER
    if network.tried_at and network.tried_at <= now - FORGOTTEN_AFTER:
        network.failures, network.held_until = 0, None


def hold(account: TriedAccount, network: TriedNetwork, now: datetime) -> datetime | None:
    """Return until when a network waits because of others; each waits once, however many they are."""
    excess = account.failures - EVERYWHERE * settings.SIGN_IN_FAILURES
    is_known = network.signed_in_at and network.signed_in_at > now - KNOWN_FOR
    if excess < 0 or is_known:
        return None
    if network.held_until is None:
        network.held_until = now + doubled(excess, LONGEST_HOLD)
    return network.held_until


def free_at(network: TriedNetwork) -> datetime | None:
    """Return when a network may try again after its own failures."""
    excess = network.failures - settings.SIGN_IN_FAILURES
    if excess < 0 or network.tried_at is None:
        return None
    return network.tried_at + doubled(excess, LONGEST_WAIT)


def doubled(times: int, most: timedelta) -> timedelta:
    # Beyond the longest a larger number says nothing, and soon is none of seconds.
    return min(FIRST_WAIT * 2 ** min(times, 20), most)


def seconds_until(moment: datetime, now: datetime) -> int:
    return max(ceil((moment - now).total_seconds()), 0)
