from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from store.gateways import BadEvent, Event, Gateway, GatewayPayment


class Ledger:
    """What a gateway keeps, and the errors that it makes by key, or under "*" for every key."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.payments: dict[str, Decimal] = {}
        self.refunds: dict[str, Decimal] = {}
        self.errors: dict[str, Exception] = {}

    def fail(self, key: str) -> None:
        if error := self.errors.get(key) or self.errors.get("*"):
            raise error


class LedgerGateway(Gateway):
    """Another gateway, in one class: it counts in cents, signs in its own way and tells of payouts too."""

    name = "ledger"

    def __init__(self, *, secret: str, ledger: Ledger) -> None:
        super().__init__(secret=secret)
        self.ledger = ledger

    def create_payment(self, **payment: Any) -> GatewayPayment:
        key = payment["key"]
        self.ledger.asked.append(payment)
        # It may have made the payment although its response is lost.
        self.ledger.payments[key] = payment["amount"]
        self.ledger.fail(key)
        return GatewayPayment(f"led_{key}", f"https://pay.example.com/{key}")

    def refund(self, *, key: str, reference: str, amount: Decimal) -> None:
        self.ledger.asked.append({"refund": reference, "amount": amount})
        self.ledger.fail(key)
        self.ledger.refunds[key] = amount

    def read_event(self, *, body: bytes, headers: Mapping[str, str]) -> Event | None:
        if headers.get("X-Ledger-Secret") != self.secret:
            raise BadEvent("Not from the ledger.")
        event_id, kind, key, cents = body.decode().split()
        if kind == "payout":
            return None
        return Event(event_id, kind, key, Decimal(cents) / 100, reference=f"led_{key}")
