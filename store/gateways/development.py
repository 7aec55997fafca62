import json
import logging
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from http.client import HTTPException
from threading import Thread
from time import sleep
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import ProxyHandler, Request, build_opener
from uuid import uuid4

from . import BadEvent, Event, Gateway, GatewayPayment
from .signatures import check_signature, sign

logger = logging.getLogger(__name__)

KINDS = ("succeeded", "failed", "refunded")
SIGNATURE = "Payment-Signature"
# As a text: a JSON number may have gone through a float.
AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,2})?")
# To the shop itself, whatever proxy leads out of this machine.
opener = build_opener(ProxyHandler({}))


class Outcome(NamedTuple):
    """What a tester can choose: the button, what it does, and the events it sends."""

    label: str
    meaning: str
    kinds: Sequence[str]
    is_slow: bool = False
    # Whether each delivery is of the same event.
    is_repeated: bool = False


OUTCOMES = {
    "succeed": Outcome("Pay", "The money arrives, and the shop hears of it.", ["succeeded"]),
    "fail": Outcome("Decline", "The card is declined; the order can be paid again.", ["failed"]),
    "slow": Outcome(
        "Pay slowly", "The money arrives, the news of it later.", ["succeeded"], is_slow=True
    ),
    "twice": Outcome(
        "Pay and tell twice",
        "The same event comes twice.",
        ["succeeded", "succeeded"],
        is_repeated=True,
    ),
    "out_of_order": Outcome(
        "Tell in the wrong order",
        "The first card was declined, the second one paid; the news of the second comes first.",
        ["succeeded", "failed"],
    ),
}


class DevelopmentGateway(Gateway):
    """Moves no money: whoever opens the checkout page decides what becomes of a payment.

    Options, in seconds: `delay`, that each call takes, and `slow_seconds`, until a slow payment is told.
    """

    name = "development"

    def __init__(self, *, secret: str, delay: float = 0, slow_seconds: float = 10) -> None:
        super().__init__(secret=secret)
        self.delay, self.slow_seconds = float(delay), float(slow_seconds)
        if not (0 <= self.delay < 3600 and 0 <= self.slow_seconds < 3600):
            raise ValueError("delay and slow_seconds are seconds, of an hour at most.")

    def create_payment(self, *, key: str, webhook_url: str, **payment: Any) -> GatewayPayment:
        sleep(self.delay)
        return GatewayPayment(f"dev_{key}", urljoin(webhook_url, f"../development/{key}/"))

    def refund(self, *, key: str, reference: str, amount: Decimal) -> None:
        sleep(self.delay)
        logger.info("The development gateway gives %s of %s back", amount, reference)

    def read_event(self, *, body: bytes, headers: Mapping[str, str]) -> Event:
        check_signature(body, headers.get(SIGNATURE, ""), self.secret)
        try:
            # Decoded here: by itself, json would read UTF-16 too.
            fields: Any = json.loads(body.decode())
            texts = [fields[name] for name in ("id", "kind", "key", "amount")]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadEvent("The event cannot be read.") from error
        if not all(isinstance(text, str) for text in texts):
            raise BadEvent("The fields of an event are texts.")
        event_id, kind, key, amount = texts
        if kind not in KINDS:
            raise BadEvent("The event is of no known kind.")
        if not AMOUNT.fullmatch(amount):
            raise BadEvent("The amount is none.")
        return Event(event_id, kind, key, Decimal(amount), reference=f"dev_{key}")

    def tell(self, outcome: Outcome, *, key: str, amount: Decimal, webhook_url: str) -> Thread:
        """Send the shop the events of an outcome, in the background.

        A server with one thread, which shows the checkout page, would wait for itself.
        """
        events = [new_event(kind, key, amount) for kind in outcome.kinds]
        if outcome.is_repeated:
            events = events[:1] * len(events)
        wait = self.slow_seconds if outcome.is_slow else 0
        thread = Thread(
            target=self._deliver, args=(events, webhook_url, wait), name=f"dev_{key}", daemon=True
        )
        thread.start()
        return thread

    def _deliver(self, events: Sequence[Event], webhook_url: str, wait: float) -> None:
        sleep(wait)
        for event in events:
            deliver(event, webhook_url, self.secret)


def new_event(kind: Any, key: str, amount: Decimal) -> Event:
    return Event(f"evt_{uuid4().hex}", kind, key, amount)


def encode(event: Event) -> bytes:
    fields = {name: str(getattr(event, name)) for name in ("id", "kind", "key", "amount")}
    return json.dumps(fields).encode()


def deliver(event: Event, webhook_url: str, secret: str) -> None:
    """Post an event to the shop as a gateway does."""
    body = encode(event)
    headers = {"Content-Type": "application/json", SIGNATURE: sign(body, secret)}
    try:
        with opener.open(Request(webhook_url, body, headers), timeout=30) as response:
            logger.info("Event %s: %s", event.kind, response.status)
    except HTTPError as error:
        with error:
            logger.warning("The event %s was refused: %s", event.kind, error.code)
    except (OSError, HTTPException) as error:
        logger.warning("The event %s did not arrive: %s", event.kind, error)
