"""The headers by which a receiver tells what is from the shop: those of https://www.standardwebhooks.com."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes

from standardwebhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + b64encode(token_bytes(SECRET_BYTES)).decode()


def fingerprint_of(secret: str) -> str:
    """Return what tells a secret from others and does not give it away."""
    return sha256(secret.encode()).hexdigest()[:16]


def signed_headers(
    *, message_id: str, at: datetime, payload: str, secrets: Iterable[str]
) -> dict[str, str]:
    """Return the headers of one attempt, with a signature by each secret that is valid now."""
    signatures = [Webhook(secret).sign(message_id, at, payload) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
