import re

from rest_framework.request import Request

from .exceptions import MalformedKey

# A string of RFC 8941, as the IETF draft asks for, or the bare text that most clients send.
KEY = re.compile(
    r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"|([\x21\x23-\x2b\x2d-\x7e]{1,255})'
)
ESCAPED = re.compile(r'\\(["\\])')


def idempotency_key(request: Request) -> str | None:
    """Return what the header Idempotency-Key says, None without one; raises MalformedKey."""
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    found = KEY.fullmatch(header.strip(" \t"))
    if found is None:
        raise MalformedKey
    return ESCAPED.sub(r"\1", found[1]) if found[1] else found[2]
