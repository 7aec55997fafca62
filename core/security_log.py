"""What happened to accounts, for fail2ban and for people: who, by pseudonyms, and from where."""

import logging
import re
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from storefront.limits.addresses import client_address, network_of
from storefront.limits.pseudonyms import pseudonym
from storefront.limits.requests import current_request
from storefront.unique_keys.texts import nfkc_casefold

logger = logging.getLogger("storefront.security")
# Digits of a pseudonym; a log masks longer ones as secrets.
LENGTH = 16
UNSAFE = re.compile(r"[^\w.,:/+-]")


def security_event(
    event: str,
    *,
    request: HttpRequest | Request | None = None,
    user_id: int | None = None,
    account: str | None = None,
    **facts: Any,
) -> None:
    """Log an event of an account, which a username or the id of a user names."""
    asked = request or current_request.get()
    found = {
        "account": account and logged_pseudonym("account", nfkc_casefold(account)),
        "user": user_id,
        "network": asked and logged_pseudonym("network", network_of(client_address(asked))),
        **facts,
    }
    words = [f"{name}={UNSAFE.sub('_', str(fact))}" for name, fact in found.items() if fact]
    logger.info("%s", " ".join([event, *words]))


def logged_pseudonym(kind: str, text: str) -> str:
    """Return what a line says in place of the name of an `account` or of a `network`."""
    return pseudonym(text, purpose=f"{__name__}.{kind}")[:LENGTH]
