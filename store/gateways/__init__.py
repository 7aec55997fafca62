"""What the shop asks of a payment gateway; a new one is a class of these three methods.

`STORE_PAYMENT_GATEWAY` names the class, which is made with `STORE_PAYMENT_WEBHOOK_SECRET` and
`STORE_PAYMENT_GATEWAY_OPTIONS`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from inspect import isabstract
from typing import Any, Literal, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


class GatewayError(Exception):
    """The gateway did not answer, or refused; to ask again under the same key is safe."""


class BadEvent(Exception):
    """A delivery that is not the gateway's: a wrong or stale signature, or nothing that can be read."""


class GatewayPayment(NamedTuple):
    """A payment as the gateway made it: its own name for it, and the page where the customer pays."""

    reference: str
    # Absolute.
    checkout_url: str


class Event(NamedTuple):
    """What happened to a payment at the gateway."""

    # Unique for the gateway, and the same in each delivery of the event.
    id: str
    kind: Literal["succeeded", "failed", "refunded"]
    # The key under which the shop made the payment.
    key: str
    # In the shop's currency.
    amount: Decimal
    # The gateway's name for the payment: the shop may have lost the response that named it.
    reference: str | None = None


class Gateway(ABC):
    # Stored with each payment.
    name: str

    def __init__(self, *, secret: str, **options: Any) -> None:
        self.secret = secret
        self.options = options

    @abstractmethod
    def create_payment(
        self,
        *,
        key: str,
        amount: Decimal,
        currency: str,
        description: str,
        webhook_url: str,
        return_url: str,
        cancel_url: str,
    ) -> GatewayPayment:
        """Make a payment, or find the one made under this key; raises GatewayError.

        The amount is in units of the currency (ISO 4217), with the decimals of its minor unit: cents
        of USD, none of JPY. The last two are where the customer goes once the payment is made or given
        up, empty where the front-end named none; under one key they stay the same.
        """

    @abstractmethod
    def refund(self, *, key: str, reference: str, amount: Decimal) -> None:
        """Give a payment back, once however often asked under this key; raises GatewayError."""

    @abstractmethod
    def read_event(self, *, body: bytes, headers: Mapping[str, str]) -> Event | None:
        """Check the signature of a delivery and return what it tells, or raise BadEvent.

        None for what the gateway tells of other things than payments that succeed, fail or go back.
        """


def payment_gateway() -> Gateway | None:
    """Return the gateway of this shop, None where it takes no payments online.

    Raises ImproperlyConfigured where the settings name none, or one that cannot be made of them.
    """
    if not settings.STORE_PAYMENT_GATEWAY:
        return None
    gateway = gateway_class(settings.STORE_PAYMENT_GATEWAY)
    try:
        return gateway(
            secret=settings.STORE_PAYMENT_WEBHOOK_SECRET, **settings.STORE_PAYMENT_GATEWAY_OPTIONS
        )
    except (TypeError, ValueError) as error:
        raise malformed("PAYMENT_GATEWAY_OPTIONS", error) from error


def gateway_class(dotted_name: str) -> type[Gateway]:
    try:
        found = import_string(dotted_name)
    except ImportError as error:
        raise malformed("PAYMENT_GATEWAY", error) from error
    if not (isinstance(found, type) and issubclass(found, Gateway)):
        raise malformed("PAYMENT_GATEWAY", f"{dotted_name} is no Gateway.")
    if isabstract(found):
        raise malformed("PAYMENT_GATEWAY", f"{dotted_name} is abstract.")
    return found


def malformed(variable: str, reason: Any) -> ImproperlyConfigured:
    return ImproperlyConfigured(f'Environment variable "{variable}" invalid: {reason}')
