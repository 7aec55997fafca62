from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.files.storage import default_storage
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from storefront.serializers import ModelSerializer

from ..models import ProductImage
from ..pictures.sizes import WIDTHS, file_name, parsed_sizes
from ..validators import validate_file_size, validate_image_format

# Pictures whose addresses are remembered; those of the sizes take 3 KB for each.
ADDRESSES = 10_000
SIZES = 2_000

Addresses = dict[str, dict[str, Any] | None]


@lru_cache(ADDRESSES)
def lasting_address(name: str) -> str:
    return default_storage.url(name)


@lru_cache(SIZES)
def lasting_sizes(name: str, text: str, shop: str) -> Addresses:
    # One of them is enough: to ask the storage for each takes as long as to read the row.
    ending = "thumbnail.webp"
    one = absolute(default_storage.url, shop, file_name(name, *ending.split(".")))
    beginning = one.removesuffix(ending)
    return sizes_of(text, lambda label, extension: f"{beginning}{label}.{extension}")


def absolute(address_of: Callable[[str], str], shop: str, name: str) -> str:
    address = address_of(name)
    # Storages outside of the shop name their own host.
    return f"{shop}{address}" if address.startswith("/") else address


def sizes_of(text: str, address_of: Callable[[str, str], str]) -> Addresses:
    """Return the sizes that a text lists, with their addresses, by label and extension."""
    found: Addresses = dict.fromkeys(WIDTHS)
    for label, width, height, has_avif, files in parsed_sizes(text):
        avif = address_of(files, "avif") if has_avif else None
        webp = address_of(files, "webp")
        found[label] = {"webp": webp, "avif": avif, "width": width, "height": height}
    return found


class AddressingField(serializers.Field):
    """A field that shows addresses of uploaded files under the host that was asked."""

    @cached_property
    def is_signed(self) -> bool:
        # An address that is signed expires.
        return bool(getattr(default_storage, "querystring_auth", False))

    @cached_property
    def shop(self) -> str:
        """The scheme and host under which the shop is asked, nothing where nobody asks."""
        request = self.context.get("request")
        return request.build_absolute_uri("/").rstrip("/") if request else ""

    def address(self, name: str) -> str:
        return absolute(default_storage.url if self.is_signed else lasting_address, self.shop, name)

    def sizes(self, image: Any) -> Addresses:
        name, text = str(image.__dict__["image"]), image.sizes or ""
        if self.is_signed:
            return sizes_of(text, lambda *which: self.address(file_name(name, *which)))
        return lasting_sizes(name, text, self.shop)


class ImageAddressField(AddressingField, serializers.FileField):
    """The address of a picture; not an ImageField, which judges a picture by its name."""

    def get_attribute(self, instance: Any) -> Any:
        # The name is enough: a file around it takes as long as to read its row.
        return str(instance.__dict__[self.source])

    def to_representation(self, value: Any) -> str | None:
        return self.address(value) if value else None


class SizeSerializer(serializers.Serializer):
    webp = serializers.URLField()
    avif = serializers.URLField(allow_null=True, help_text="Null where WebP has to do.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class SizesSerializer(serializers.Serializer):
    thumbnail = SizeSerializer(allow_null=True, help_text="160 pixels wide at most.")
    small = SizeSerializer(allow_null=True, help_text="320 pixels wide at most.")
    medium = SizeSerializer(allow_null=True, help_text="640 pixels wide at most.")
    large = SizeSerializer(allow_null=True, help_text="1280 pixels wide at most.")


@extend_schema_field(SizesSerializer)
class SizesField(AddressingField):
    """The sizes of a picture, each null until it is made."""

    def get_attribute(self, instance: Any) -> Any:
        return instance

    def to_representation(self, value: Any) -> Addresses:
        return self.sizes(value)


@extend_schema_field(serializers.URLField(allow_null=True))
class ThumbnailField(AddressingField):
    """The address of the thumbnail of a product's first picture, null without one."""

    def get_attribute(self, instance: Any) -> Any:
        return next(iter(instance.shown_images), None)

    def to_representation(self, value: Any) -> str | None:
        thumbnail = self.sizes(value)["thumbnail"]
        return thumbnail["webp"] if thumbnail else None


class ProductImageSerializer(ModelSerializer):
    image = ImageAddressField(validators=[validate_file_size, validate_image_format])
    sizes = SizesField(
        read_only=True, help_text="Never larger than the original; each is null until it is made."
    )

    class Meta:
        model = ProductImage
        fields = ["id", "image", "alt", "position", "width", "height", "sizes"]
        # Upright, in pixels.
        read_only_fields = ["width", "height"]


class ChangeProductImageSerializer(ProductImageSerializer):
    """What can be changed of a picture: its address means one content for good."""

    image = ImageAddressField(read_only=True)

    class Meta(ProductImageSerializer.Meta):
        extra_kwargs = {"alt": {"required": True}, "position": {"required": True}}
