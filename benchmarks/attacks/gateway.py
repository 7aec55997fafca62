from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from store.gateways import BadEvent, Gateway, GatewayPayment


class UnpaidGateway(Gateway):
    """A gateway at which nobody ever pays."""

    name = "unpaid"

    def create_payment(self, *, key: str, **payment: Any) -> GatewayPayment:
        return GatewayPayment(f"unpaid_{key}", f"https://pay.example.com/{key}/")

    def refund(self, *, key: str, reference: str, amount: Decimal) -> None:
        pass

    def read_event(self, *, body: bytes, headers: Mapping[str, str]) -> None:
        raise BadEvent("Nothing comes from this gateway.")
