from collections.abc import Sequence
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils.html import is_html_input

from storefront.serializers import ModelSerializer, YesOrNoField
from storefront.supplied import supplied_as
from storefront.unique_keys.serializers import UniqueFieldsSerializer

from ..models import Collection, Product
from ..models.catalog import MAX_INVENTORY
from .amounts import AmountField
from .images import ProductImageSerializer, ThumbnailField
from .promotions import PromotionSerializer


class FeaturedProductField(serializers.PrimaryKeyRelatedField):
    """A product that no body shows: a form with an empty box leaves it alone, null in JSON takes it away."""

    def get_value(self, dictionary: Any) -> Any:
        value = super().get_value(dictionary)
        return empty if is_html_input(dictionary) and value in ("", None) else value


class CollectionSerializer(ModelSerializer):
    # A new collection has none; every other one comes annotated.
    products_count = serializers.IntegerField(read_only=True, default=0)
    featured_product = FeaturedProductField(
        queryset=Product.objects.all(),
        pk_field=serializers.IntegerField(),
        style={"base_template": "input.html", "input_type": "number"},
        write_only=True,
        required=False,
        allow_null=True,
        help_text="The product that `collections/{id}/featured/` shows.",
    )

    class Meta:
        model = Collection
        fields = ["id", "title", "products_count", "featured_product"]


# What other apps add to a product, of those that are installed.
SUPPLIED = supplied_as(settings.STORE_PRODUCT_FIELDS)
SuppliedFields: Any = type(
    "SuppliedFields",
    (serializers.Serializer,),
    {name: field() for name, field in SUPPLIED.items()},
)


class ProductSerializer(UniqueFieldsSerializer, SuppliedFields, ModelSerializer):
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
    final_price = AmountField(help_text="What a piece costs who asks, with promotion and tax.")
    currency = serializers.CharField(
        read_only=True, help_text="What all amounts are in, by its code of ISO 4217."
    )
    rating_average = serializers.FloatField(
        read_only=True,
        allow_null=True,
        help_text="Of the reviews that rate it: 1 to 5, rounded to one decimal.",
    )
    rating_count = serializers.IntegerField(read_only=True, help_text="Reviews that rate it.")
    images = ProductImageSerializer(source="shown_images", many=True, read_only=True)

    class Meta:
        model = Product
        fields = [
            "id",
            "title",
            "description",
            "slug",
            "sku",
            "inventory",
            "unit_price",
            "price_with_tax",
            "price",
            "promotion",
            "final_price",
            "currency",
            "collection",
            "rating_average",
            "rating_count",
            *SUPPLIED,
            "last_update",
            "images",
        ]
        extra_kwargs = {
            "unit_price": {
                "help_text": "List price before tax, a multiple of the currency's minor unit."
            }
        }

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if "collection" in self.context.get("expanded", ()) and "collection" in shown:
            shown["collection"] = CollectionSerializer(instance.collection).data
        return shown


def load_supplied(products: Sequence[Product]) -> None:
    """Load into products what other apps add to them."""
    for field in SUPPLIED.values():
        field.load(products)


@extend_schema_field({"type": "boolean", "x-left-out": True})
class PublishedField(YesOrNoField):
    pass


@extend_schema_field(
    {"type": ["integer", "null"], "minimum": 0, "maximum": MAX_INVENTORY, "x-left-out": True}
)
class ThresholdField(serializers.IntegerField):
    pass


@extend_schema_serializer(component_name="Product")
class StaffProductSerializer(ProductSerializer):
    """What staff read and write of a product; other people's bodies leave the last two fields out."""

    is_published = PublishedField(
        required=False,
        initial=True,
        help_text="Staff alone see one that is not, and nobody can order it.",
    )
    low_stock_threshold = ThresholdField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MAX_INVENTORY,
        help_text="Pieces below which the stock is low; null: the shop's own number.",
    )

    class Meta(ProductSerializer.Meta):
        fields = [*ProductSerializer.Meta.fields, "is_published", "low_stock_threshold"]


class SimpleProductSerializer(ModelSerializer):
    image = ThumbnailField(read_only=True, help_text="The thumbnail of the first picture.")
    images = ProductImageSerializer(source="shown_images", many=True, read_only=True)

    class Meta:
        model = Product
        fields = ["id", "title", "slug", "unit_price", "image", "images"]
