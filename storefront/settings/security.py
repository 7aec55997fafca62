"""What browsers may do with the pages of the shop, and whom to tell of a weakness."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from environs import Env, validate

is_contact = validate.Regexp(
    r"(mailto:[^@\s]+@[^@\s]+|https://\S+|tel:\+\S+)\Z",
    error='"{input}" is not an address such as mailto:security@example.com or https://example.com/report.',
)


def contact(text: str) -> str:
    """Return one of the addresses that a variable lists, or raise a ValidationError."""
    return is_contact(text.strip())


def contacts(env: Env, sender: tuple[str, str] | str) -> list[str]:
    """Return whom security.txt names; else who sends the mails of the shop, whom everybody knows."""
    address = sender[1] if isinstance(sender, tuple) else parseaddr(sender)[1]
    return env.list("SECURITY_CONTACT", [], subcast=contact) or [f"mailto:{address}"]


def shop_url(hosts: list[str], *, is_https: bool) -> str:
    """Return the address of a shop by the first of its hosts; nothing where that may be any."""
    host = hosts[0].removeprefix(".")
    return "" if "*" in host else f"{'https' if is_https else 'http'}://{host}"


def media_origins(env: Env, media_url: str) -> list[str]:
    """Return the other hosts from which pictures come: a CDN's, or the bucket's."""
    bucket = env.str("AWS_STORAGE_BUCKET_NAME", "")
    address = urlsplit(media_url)
    origins = [f"{address.scheme}://{address.netloc}"] if address.netloc else []
    if not bucket:
        return origins
    if domain := env.str("AWS_S3_CUSTOM_DOMAIN", ""):
        return [*origins, f"https://{domain.partition('/')[0]}"]
    endpoint = env.str("AWS_S3_ENDPOINT_URL", "").rstrip("/")
    if not endpoint:
        return [*origins, f"https://{bucket}.s3.amazonaws.com", "https://*.amazonaws.com"]
    # By its name in the host or in the path.
    scheme, _, host = endpoint.partition("://")
    return [*origins, endpoint, f"{scheme}://{bucket}.{host}"]


def page_policy(images: list[str]) -> dict[str, Any]:
    """Return the policy of pages: what is not named may not be loaded, and no script stands in a page."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            # A nonce only where a page asks for one: the debug toolbar.
            "script-src": [SELF, NONCE],
            "style-src": [SELF, NONCE],
            # The pages of the browsable API have attributes; those of a text from outside are escaped.
            "style-src-attr": ["'unsafe-inline'"],
            "img-src": [SELF, "data:", *images],
            "font-src": [SELF],
            "connect-src": [SELF],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
            "object-src": [NONE],
        }
    }
