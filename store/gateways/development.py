import json
import logging
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from time import sleep
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import Request, urlopen
from uuid import uuid4

from . import BadEvent, Event, Gateway, GatewayPayment
from .signatures import check_signature, sign

logger = logging.getLogger(__name__)

KINDS = ("succeeded", "failed", "refunded")
SIGNATURE = "Payment-Signature"


class Delivery(NamedTuple):
    """An event on its way to the shop, and the seconds to wait before it."""

    event: Event
    wait: float = 0


class DevelopmentGateway(Gateway):
    """Moves no money: whoever opens the checkout page decides what becomes of a payment.

    Options: `delay`, seconds that each call takes.
    """

    name = "development"

    def create_payment(
        self, *, key: str, amount: Decimal, currency: str, description: str, webhook_url: str
    ) -> GatewayPayment:
        self.take_time()
        return GatewayPayment(f"dev_{key}", f"/store/payments/development/{key}/")

    def refund(self, *, key: str, reference: str, amount: Decimal) -> None:
        self.take_time()
        logger.info("The development gateway gives %s of %s back", amount, reference)

    def read_event(self, *, body: bytes, headers: Mapping[str, str]) -> Event:
        check_signature(body, headers.get(SIGNATURE, ""), self.secret)
        try:
            fields: Any = json.loads(body)
            event = Event(
                id=str(fields["id"]),
                kind=fields["kind"],
                key=str(fields["key"]),
                amount=Decimal(fields["amount"]),
            )
        except (ValueError, KeyError, TypeError, InvalidOperation) as error:
            raise BadEvent("The event cannot be read.") from error
        if event.kind not in KINDS:
            raise BadEvent("The event is of no known kind.")
        return event

    def take_time(self) -> None:
        sleep(self.options.get("delay", 0))


def new_event(kind: Any, key: str, amount: Decimal) -> Event:
    return Event(f"evt_{uuid4().hex}", kind, key, amount)


# What a tester can choose: it goes well, is declined, takes long, comes twice, comes in disorder.
OUTCOMES = ("succeed", "fail", "slow", "twice", "out_of_order")


def deliveries(outcome: str, key: str, amount: Decimal) -> Iterator[Delivery]:
    """Yield what the gateway tells the shop for one of OUTCOMES."""
    success, failure = new_event("succeeded", key, amount), new_event("failed", key, amount)
    match outcome:
        case "succeed":
            yield Delivery(success)
        case "fail":
            yield Delivery(failure)
        case "slow":
            yield Delivery(success, wait=10)
        case "twice":
            yield from (Delivery(success), Delivery(success))
        case "out_of_order":
            # The first card was declined, the second one paid; the news of it overtake each other.
            yield from (Delivery(success), Delivery(failure))


def encode(event: Event) -> bytes:
    return json.dumps({**event._asdict(), "amount": str(event.amount)}).encode()


def deliver(event: Event, webhook_url: str, secret: str) -> None:
    """Post an event to the shop as a gateway does."""
    body = encode(event)
    headers = {"Content-Type": "application/json", SIGNATURE: sign(body, secret)}
    try:
        with urlopen(Request(webhook_url, body, headers), timeout=30) as response:
            logger.info("Event %s: %s", event.kind, response.status)
    except URLError as error:
        logger.warning("The event %s was not taken: %s", event.kind, error)
