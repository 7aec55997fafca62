"""Signed deliveries: `t=<seconds>,v1=<hex>`, an HMAC-SHA-256 over the time, a dot and the body.

Stripe signs alike. Several `v1` are those of several secrets, while one takes the place of another.
"""

import hmac
from hashlib import sha256
from time import time

from . import BadEvent

# Seconds by which the time of a delivery may be off; what was overheard is of no use for longer.
TOLERANCE = 5 * 60


def sign(body: bytes, secret: str, at: float | None = None) -> str:
    """Return the signature of a body as of now, or of a moment in seconds since 1970."""
    moment = str(int(time() if at is None else at))
    return f"t={moment},v1={_digest(body, secret, moment)}"


def check_signature(body: bytes, signature: str, secret: str) -> None:
    """Raise BadEvent unless the body was signed with the secret, a few minutes ago at most."""
    parts = [part.partition("=")[::2] for part in signature.split(",")]
    moment = dict(parts).get("t", "")
    if not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
        raise BadEvent("The signature is missing or malformed.")
    expected = _digest(body, secret, moment).encode()
    given = [value.encode() for name, value in parts if name == "v1"]
    if not any(hmac.compare_digest(expected, value) for value in given):
        raise BadEvent("The signature does not fit.")
    if abs(time() - int(moment)) > TOLERANCE:
        raise BadEvent("The signature is stale.")


def _digest(body: bytes, secret: str, moment: str) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
