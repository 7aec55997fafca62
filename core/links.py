"""The tokens of links that mails bring: each for one purpose, one state of an account and a limited time."""

from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36, urlsafe_base64_decode
from djoser.utils import encode_uid


@dataclass(frozen=True)
class LinkTokens:
    """Makes and checks tokens, in the form of Django's, which pages of front-ends expect.

    A token is dead once one of the fields `bound_to` has changed.
    """

    purpose: str
    lifetime: timedelta
    bound_to: tuple[str, ...]

    def make_token(self, user: Any) -> str:
        return self._signed(user, int(time()), settings.SECRET_KEY)

    def check_token(self, user: Any, token: str) -> bool:
        stamp = token.partition("-")[0]
        try:
            made_at = base36_to_int(stamp)
        except ValueError:
            return False
        is_ours = any(
            constant_time_compare(self._signed(user, made_at, key), token) for key in signing_keys()
        )
        return is_ours and 0 <= time() - made_at <= self.lifetime.total_seconds()

    def _signed(self, user: Any, made_at: int, key: Any) -> str:
        state = [user.pk, *(getattr(user, name) for name in self.bound_to)]
        # repr() keeps apart what joined texts would not.
        text = repr([made_at, *(None if value is None else str(value) for value in state)])
        digest = salted_hmac(f"core.links.{self.purpose}", text, key, algorithm="sha256")
        return f"{int_to_base36(made_at)}-{digest.hexdigest()[:40]}"


def signing_keys() -> list[Any]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def user_id_of(uid: str) -> int | None:
    """Return the id that the `uid` of a link stands for, None where it is none."""
    try:
        text = urlsafe_base64_decode(uid).decode("ascii")
    except ValueError:
        return None
    # Of every id that the column holds.
    return int(text) if text.isdigit() and len(text) <= 18 else None


# A sign-in ends a reset: who remembers the password again does not need the link that lies in a mailbox.
RESETTABLE = ("username", "password", "email", "last_login", "is_active")
RESET_PASSWORD = LinkTokens("reset_password", timedelta(hours=1), RESETTABLE)
RESET_USERNAME = LinkTokens("reset_username", timedelta(hours=1), RESETTABLE)
VERIFY_EMAIL = LinkTokens(
    "verify_email",
    timedelta(days=1),
    ("password", "email", "pending_email", "email_verified_at", "is_active"),
)

__all__ = [
    "RESET_PASSWORD",
    "RESET_USERNAME",
    "VERIFY_EMAIL",
    "LinkTokens",
    "encode_uid",
    "user_id_of",
]
