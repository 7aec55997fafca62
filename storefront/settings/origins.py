"""The front-ends on other origins whose browsers may call the API."""

from corsheaders.defaults import default_headers
from environs import validate

ALLOWED_HEADERS = [*default_headers, "idempotency-key", "x-request-id"]
EXPOSED_HEADERS = ["Link", "Retry-After", "X-Request-ID"]

is_origin = validate.Regexp(
    # No path, no wildcard: a browser's Origin is compared letter by letter.
    r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?\Z",
    error='"{input}" is not an origin such as https://shop.example.com.',
)


def origin(text: str) -> str:
    """Return one of the origins that a variable lists, or raise a ValidationError."""
    return is_origin(text.strip())
