from typing import Any

from rest_framework import serializers

from ..models import Collection, Product, ProductImage
from ..validators import validate_file_size, validate_image_format
from .amounts import AmountField
from .promotions import PromotionSerializer


class CollectionSerializer(serializers.ModelSerializer):
    # A new collection has none; every other one comes annotated.
    products_count = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = Collection
        fields = ["id", "title", "products_count"]


class ProductImageSerializer(serializers.ModelSerializer):
    # Not an ImageField, which judges a picture by its name.
    image = serializers.FileField(validators=[validate_file_size, validate_image_format])

    class Meta:
        model = ProductImage
        fields = ["id", "image"]


class ProductSerializer(serializers.ModelSerializer):
    collection = serializers.PrimaryKeyRelatedField(
        queryset=Collection.objects.all(),
        pk_field=serializers.IntegerField(),
        style={"base_template": "input.html", "input_type": "number"},
    )
    price_with_tax = AmountField()
    price = AmountField(
        help_text="What a piece costs who asks, before tax: less the best promotion that runs now.",
    )
    promotion = PromotionSerializer(
        read_only=True, allow_null=True, help_text="What `price` comes from."
    )
    images = ProductImageSerializer(many=True, read_only=True)

    class Meta:
        model = Product
        fields = [
            "id",
            "title",
            "description",
            "slug",
            "inventory",
            "unit_price",
            "price_with_tax",
            "price",
            "promotion",
            "collection",
            "images",
        ]
        extra_kwargs = {
            "unit_price": {
                "help_text": "List price before tax, a multiple of the currency's minor unit."
            }
        }


class SimpleProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ["id", "title", "unit_price"]


def simple_product(product: Product) -> dict[str, Any]:
    """Return what SimpleProductSerializer says, without the time that a serializer takes."""
    return {"id": product.pk, "title": product.title, "unit_price": product.unit_price}
