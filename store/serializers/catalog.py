from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.files.storage import default_storage
from django.utils.functional import cached_property
from rest_framework import serializers

from storefront.serializers import ModelSerializer
from storefront.unique_keys.serializers import UniqueFieldsSerializer

from ..models import Collection, Product, ProductImage
from ..validators import validate_file_size, validate_image_format
from .amounts import AmountField
from .promotions import PromotionSerializer

# Pictures whose addresses are remembered.
ADDRESSES = 10_000


@lru_cache(ADDRESSES)
def lasting_address(name: str) -> str:
    return default_storage.url(name)


class CollectionSerializer(ModelSerializer):
    # A new collection has none; every other one comes annotated.
    products_count = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = Collection
        fields = ["id", "title", "products_count"]


class ImageAddressField(serializers.FileField):
    """The address of a picture; not an ImageField, which judges a picture by its name."""

    def get_attribute(self, instance: Any) -> Any:
        # The name is enough: a file around it takes as long as to read its row.
        return str(instance.__dict__[self.source])

    def to_representation(self, value: Any) -> str | None:
        address = self.address_of(value) if value else None
        # Storages outside of the shop name their own host.
        return f"{self.shop}{address}" if address and address.startswith("/") else address

    @cached_property
    def address_of(self) -> Callable[[str], str]:
        # An address that is signed expires.
        is_signed = getattr(default_storage, "querystring_auth", False)
        return default_storage.url if is_signed else lasting_address

    @cached_property
    def shop(self) -> str:
        """The scheme and host under which the shop is asked, nothing where nobody asks."""
        request = self.context.get("request")
        return request.build_absolute_uri("/").rstrip("/") if request else ""


class ProductImageSerializer(ModelSerializer):
    image = ImageAddressField(validators=[validate_file_size, validate_image_format])

    class Meta:
        model = ProductImage
        fields = ["id", "image"]


class ProductSerializer(UniqueFieldsSerializer, ModelSerializer):
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
            "collection",
            "images",
        ]
        extra_kwargs = {
            "unit_price": {
                "help_text": "List price before tax, a multiple of the currency's minor unit."
            }
        }


class SimpleProductSerializer(ModelSerializer):
    class Meta:
        model = Product
        fields = ["id", "title", "unit_price"]
