from rest_framework import serializers

from storefront.serializers import ModelSerializer

from ..models import MAX_QUANTITY, Cart, CartItem
from .amounts import AmountField
from .catalog import SimpleProductSerializer
from .promotions import PromotionSerializer


class CartItemSerializer(ModelSerializer):
    product = SimpleProductSerializer(read_only=True)
    price = AmountField(help_text="What a piece costs, before tax.")
    promotion = PromotionSerializer(read_only=True, allow_null=True)
    total_price = AmountField()
    available = serializers.IntegerField(read_only=True, help_text="Pieces in stock.")
    insufficient_stock = serializers.BooleanField(
        read_only=True, help_text="The stock does not cover it; an order would be refused."
    )

    class Meta:
        model = CartItem
        fields = [
            "id",
            "product",
            "quantity",
            "price",
            "promotion",
            "total_price",
            "available",
            "insufficient_stock",
        ]


class CartSerializer(ModelSerializer):
    items = CartItemSerializer(many=True, read_only=True)
    total_price = AmountField(help_text="Before tax.")
    tax = AmountField()
    total = AmountField(help_text="With tax; what an order may name as its `expected_total`.")

    class Meta:
        model = Cart
        fields = ["id", "items", "total_price", "tax", "total"]
        read_only_fields = ["id"]


class AddCartItemSerializer(serializers.Serializer):
    id = serializers.IntegerField(read_only=True)
    product_id = serializers.IntegerField()
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY)


class UpdateCartItemSerializer(ModelSerializer):
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY)

    class Meta:
        model = CartItem
        fields = ["quantity"]
