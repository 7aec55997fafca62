"""The hosts of the shop, and the front-ends on other origins whose browsers may call the API."""

import re

from corsheaders.defaults import default_headers
from environs import validate

ALLOWED_HEADERS = [*default_headers, "idempotency-key", "if-match", "x-request-id"]
EXPOSED_HEADERS = [
    "Age",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-ID",
]

is_host_name = validate.Regexp(
    # Without scheme or port: Django compares the name alone.
    r"(\*|[a-z0-9.-]+|\[[0-9a-f:.]+\])\Z",
    re.IGNORECASE,
    error='"{input}" is not a host such as shop.example.com.',
)
is_origin = validate.Regexp(
    # No path, no wildcard: a browser's Origin is compared letter by letter.
    r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?\Z",
    error='"{input}" is not an origin such as https://shop.example.com.',
)
# A front-end on the developer's own machine, on whatever port.
LOOPBACK_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?\Z"
# Empty: not set.
is_shop_url = validate.Regexp(
    r"(https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?)?\Z",
    error='"{input}" is not an address such as https://shop.example.com.',
)


def host(text: str) -> str:
    """Return one of the hosts that a variable lists, or raise a ValidationError."""
    return is_host_name(text.strip())


def origin(text: str) -> str:
    """Return one of the origins that a variable lists, or raise a ValidationError."""
    return is_origin(text.strip())
