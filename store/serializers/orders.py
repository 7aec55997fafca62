from rest_framework import serializers

from ..models import Order, OrderItem
from .catalog import SimpleProductSerializer


class OrderItemSerializer(serializers.ModelSerializer):
    product = SimpleProductSerializer(read_only=True)

    class Meta:
        model = OrderItem
        fields = ["id", "product", "title", "unit_price", "quantity"]


class OrderSerializer(serializers.ModelSerializer):
    items = OrderItemSerializer(many=True, read_only=True)

    class Meta:
        model = Order
        fields = ["id", "customer", "placed_at", "payment_status", "items"]
        read_only_fields = fields


class PlaceOrderSerializer(serializers.Serializer):
    cart_id = serializers.UUIDField()


class UpdateOrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["payment_status"]
        extra_kwargs = {"payment_status": {"required": True}}
