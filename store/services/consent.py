"""Whether campaigns may write to a customer, and how one says no without signing in."""

from urllib.parse import urljoin

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from ..models import Customer, MarketingConsent
from .transactions import retrying_transaction

# Without an end: a mail may be read years later, and its link gives nobody anything.
signer = Signer(salt="store.unsubscribe")
# Where no SHOP_URL is set, in development.
DEVELOPMENT_URL = "http://127.0.0.1:8000"


def unsubscribe_link(*, customer_id: int) -> str:
    """Return the address at which a customer can say no."""
    path = reverse("unsubscribe", args=[signer.sign(str(customer_id))])
    return urljoin(settings.SHOP_URL or DEVELOPMENT_URL, path)


def unsubscribe_headers(link: str) -> dict[str, str]:
    """Return what lets a mail program say no by itself (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def customer_of_token(token: str) -> int | None:
    """Return the id of the customer whom a link was mailed to, None for a link that is none."""
    try:
        return int(signer.unsign(token))
    except (BadSignature, ValueError):
        return None


@retrying_transaction
def set_marketing_consent(*, customer: Customer, accepts: bool) -> None:
    """Note whether campaigns may write to a customer; a consent that was given before keeps its time."""
    if accepts:
        MarketingConsent.objects.get_or_create(customer=customer)
    else:
        end_consent(customer_id=customer.pk)
    # Read again where it is asked for.
    customer._state.fields_cache.pop("marketing_consent", None)


@retrying_transaction
def end_consent(*, customer_id: int) -> None:
    """Write no campaign to a customer any more; one who is gone, or has said so already, is no error."""
    MarketingConsent.objects.filter(customer=customer_id).delete()
