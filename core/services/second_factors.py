from base64 import b32encode
from datetime import timedelta
from secrets import token_bytes

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.exceptions import Throttled

from store.services.transactions import retrying_transaction
from storefront.limits.counters import forget, hit

from ..exceptions import CodeNeeded, CodeRefused, SecondFactorExists
from ..models import User, UserSession
from ..second_factors import is_offered
from ..security_log import security_event
from .sessions import end_sessions

NAME = "Authenticator app"
RECOVERY_CODES = 10
# 80 bits, as many as the column of a digest holds in Base32.
CODE_BYTES = 10
# Of an account, from everywhere: three of a million codes are right at a time. Who tries knows the password.
TRIES, PERIOD = 10, 600
# Who began, with the password, has the code of the app in this time.
ENROLMENT = timedelta(minutes=15)


def has_second_factor(user_id: int | None) -> bool:
    return is_offered() and confirmed_devices(user_id).exists()


def confirmed_devices(user_id: int | None) -> QuerySet[TOTPDevice]:
    return TOTPDevice.objects.filter(user_id=user_id, confirmed=True)


def verify_sign_in(*, user: User, code: str) -> bool:
    """Use the code that comes with a right password; raise CodeNeeded where it is missing or wrong.

    Return whether there was one: an account without a second factor needs none. Raises Throttled.
    """
    if not has_second_factor(user.pk):
        return False
    if not code:
        raise CodeNeeded
    if not check_code(user=user, code=code):
        raise CodeNeeded(CodeRefused.message)
    return True


def check_code(*, user: User, code: str) -> bool:
    """Use a code of the app, or a recovery code: each is right once. Raises Throttled.

    The app's may be of the step before or after; an app whose clock is off further is followed by and by.
    """
    count_try(user)
    if use_code(user_id=user.pk, code="".join(code.split()).replace("-", "").lower()):
        forget(key_of(user))
        return True
    security_event("second_factor_failed", user_id=user.pk)
    return False


def count_try(user: User) -> None:
    if wait := hit(key_of(user), limit=TRIES, period=PERIOD):
        security_event("second_factor_failed", user_id=user.pk, wait=wait)
        raise Throttled(wait)


def key_of(user: User) -> str:
    return f"second_factor {user.pk}"


@retrying_transaction
def use_code(*, user_id: int, code: str) -> bool:
    if not code.isascii():
        return False
    if code.isdecimal():
        # Under the lock the second of two that send one code finds it used.
        device = confirmed_devices(user_id).select_for_update().first()
        return device is not None and device.verify_token(code)
    codes = StaticToken.objects.filter(device__user_id=user_id, token__in=digests_of(code))
    # One by its key, so that one of two at once deletes it.
    found = codes.values_list("pk", flat=True).first()
    return StaticToken.objects.filter(pk=found).delete()[0] == 1


def digests_of(code: str) -> list[str]:
    return [digest_of(code, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def digest_of(code: str, key: str | bytes) -> str:
    """Return what is stored of a recovery code; by the key, so that nobody tries codes on a copy of the table."""
    digest = salted_hmac(__name__, code, secret=key, algorithm="sha256").digest()
    return b32encode(digest[:CODE_BYTES]).decode().lower()


@retrying_transaction
def begin_enrolment(*, user: User) -> TOTPDevice:
    """Make a secret for an app, in force once a code of it is confirmed; raises SecondFactorExists."""
    lock(user)
    if confirmed_devices(user.pk).exists():
        raise SecondFactorExists
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    return TOTPDevice.objects.create(user_id=user.pk, name=NAME, confirmed=False)


def begun_enrolment(user_id: int | None) -> TOTPDevice | None:
    """Return the secret that waits for its first code."""
    since = timezone.now() - ENROLMENT
    return TOTPDevice.objects.filter(
        user_id=user_id, confirmed=False, created_at__gte=since
    ).first()


def confirm_enrolment(*, user: User, code: str, session_id: int | None) -> list[str]:
    """Put the second factor in force and return the recovery codes; raises CodeRefused.

    Sessions of before, which began without a code, end; the present one counts as one with a code.
    """
    count_try(user)
    codes = [b32encode(token_bytes(CODE_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    put_in_force(user=user, code=code, codes=codes, session_id=session_id)
    forget(key_of(user))
    security_event("second_factor_added", user_id=user.pk)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


@retrying_transaction
def put_in_force(*, user: User, code: str, codes: list[str], session_id: int | None) -> None:
    lock(user)
    device = begun_enrolment(user.pk)
    if device is None or not device.verify_token(code.replace(" ", "")):
        raise CodeRefused
    device.confirmed = True
    device.save()
    StaticDevice.objects.filter(user_id=user.pk).delete()
    container = StaticDevice.objects.create(user_id=user.pk, name="Recovery codes")
    digests = [digest_of(each, settings.SECRET_KEY) for each in codes]
    StaticToken.objects.bulk_create(StaticToken(device=container, token=each) for each in digests)
    keep_session(user=user, session_id=session_id, is_verified=True)


def remove_second_factor(*, user: User, session_id: int | None = None) -> None:
    """Take the second factor off an account; the present session counts as one without a code, the others end."""
    take_out_of_force(user=user, session_id=session_id)
    security_event("second_factor_removed", user_id=user.pk)


@retrying_transaction
def take_out_of_force(*, user: User, session_id: int | None) -> None:
    lock(user)
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    StaticDevice.objects.filter(user_id=user.pk).delete()
    keep_session(user=user, session_id=session_id, is_verified=False)


def keep_session(*, user: User, session_id: int | None, is_verified: bool) -> None:
    """End the sessions of a user but one, and note whether that one is verified."""
    sessions = UserSession.objects.filter(user_id=user.pk)
    kept = session_id or 0
    end_sessions(sessions=sessions.exclude(pk=kept))
    # No other: one may have begun meanwhile, by the password alone.
    sessions.filter(pk=kept).update(is_verified=is_verified)


def recovery_codes_left(user_id: int | None) -> int:
    return StaticToken.objects.filter(device__user_id=user_id).count()


def lock(user: User) -> None:
    User.objects.select_for_update().filter(pk=user.pk).first()
