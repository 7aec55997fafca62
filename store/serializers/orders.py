from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils import html

from storefront.serializers import ModelSerializer

from ..models import Order, OrderItem, OrderStatusChange
from ..money import DECIMAL_PLACES, SUM_DIGITS
from .amounts import AmountField
from .catalog import SimpleProductSerializer
from .customers import AddressFieldsSerializer


class ShippingAddressSerializer(AddressFieldsSerializer):
    def get_value(self, dictionary: Any) -> Any:
        """Take an address whose fields a form leaves blank for none."""
        value = super().get_value(dictionary)
        is_blank = html.is_html_input(dictionary) and value is not empty and not any(value.values())
        return empty if is_blank else value


class OrderItemSerializer(ModelSerializer):
    product = SimpleProductSerializer(read_only=True)
    total_price = AmountField(help_text="Of all its pieces, before tax.")

    class Meta:
        model = OrderItem
        fields = [
            "id",
            "product",
            "title",
            "list_price",
            "promotion",
            "unit_price",
            "quantity",
            "total_price",
            "tax",
        ]


class OrderSerializer(ModelSerializer):
    items = OrderItemSerializer(many=True, read_only=True)
    shipping_address = ShippingAddressSerializer(read_only=True, allow_null=True)
    tracking_url = serializers.URLField(
        allow_null=True,
        help_text="The page of the carrier about the parcel, null where the shop knows none.",
    )
    subtotal = AmountField(help_text="Before tax.")
    tax = AmountField()
    total = AmountField()

    class Meta:
        model = Order
        fields = [
            "id",
            "customer",
            "placed_at",
            "payment_status",
            "status",
            "shipping_address",
            "carrier",
            "tracking_number",
            "tracking_url",
            "items",
            "subtotal",
            "tax",
            "total",
        ]
        read_only_fields = fields


class CreateOrderSerializer(serializers.Serializer):
    cart_id = serializers.UUIDField()
    expected_total = serializers.DecimalField(
        required=False,
        max_digits=SUM_DIGITS,
        decimal_places=DECIMAL_PLACES,
        min_value=0,
        help_text="What the customer was shown, with tax; refused with `cart_changed` once it is more.",
    )
    shipping_address = ShippingAddressSerializer(required=False)
    shipping_address_id = serializers.IntegerField(
        required=False, help_text="One of the addresses of the user, instead of its fields."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "shipping_address" in attrs and "shipping_address_id" in attrs:
            raise serializers.ValidationError(
                {"shipping_address_id": ["Give an address or the ID of one, not both."]}
            )
        return attrs


class UpdateOrderSerializer(ModelSerializer):
    class Meta:
        model = Order
        fields = ["payment_status"]
        extra_kwargs = {"payment_status": {"required": True}}


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=255, help_text="The customer reads it."
    )


class TrackingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["carrier", "tracking_number"]
        # To leave one out is not to take it away.
        extra_kwargs = {name: {"required": True} for name in fields}


class ShipmentSerializer(ReasonSerializer):
    carrier = serializers.CharField(
        required=False, allow_blank=True, max_length=64, help_text="Who carries the parcel."
    )
    tracking_number = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=64,
        help_text="Under which number the carrier knows it.",
    )


class OrderStatusChangeSerializer(ModelSerializer):
    class Meta:
        model = OrderStatusChange
        fields = ["id", "from_status", "to_status", "changed_by", "changed_at", "reason"]
