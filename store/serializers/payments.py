import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from rest_framework import serializers

from storefront.serializers import ModelSerializer

from ..models import Payment
from ..models.payments import MAX_URL


class ReturnAddressField(serializers.URLField):
    """An address of a front-end that the settings name."""

    default_error_messages = {"origin": "This is no address of a front-end of the shop."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=MAX_URL, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        address = super().run_validation(data)
        if address and not is_of_a_front_end(address):
            self.fail("origin")
        return address


def is_of_a_front_end(address: str) -> bool:
    """Tell whether an address has the origin of a front-end: one that may call the API, or is named beside."""
    parts = urlsplit(address)
    try:
        # Read, because a port that is none would stand in no origin.
        _ = parts.port
    except ValueError:
        return False
    # With whatever stands before an @, which makes it an origin of nobody.
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    named = [*settings.CORS_ALLOWED_ORIGINS, *settings.STORE_RETURN_ORIGINS]
    patterns = settings.CORS_ALLOWED_ORIGIN_REGEXES
    return origin in named or any(re.fullmatch(pattern, origin) for pattern in patterns)


class PaymentSerializer(ModelSerializer):
    class Meta:
        model = Payment
        fields = [
            "id",
            "status",
            "amount",
            "gateway",
            "checkout_url",
            "return_url",
            "cancel_url",
            "created_at",
        ]
        read_only_fields = fields


class StartPaymentSerializer(serializers.Serializer):
    return_url = ReturnAddressField(help_text="Where the customer goes once they have paid.")
    cancel_url = ReturnAddressField(help_text="Where the customer goes who gives the payment up.")
