"""A viewset as a tutorial has it, a view that does nothing, and one that only checks a password."""

import json
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest, JsonResponse
from rest_framework import serializers, viewsets

from ..pictures import sizes_of
from .models import (
    Product,
    ProductImage,
    Promotion,
    running_promotions,
    tags_in_order,
    with_ratings,
)

# With Django's default hasher, PBKDF2.
HASH = make_password("Window-Shopping-7")


class PromotionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Promotion
        fields = ["id", "description", "discount", "ends_at"]


class ProductImageSerializer(serializers.ModelSerializer):
    sizes = serializers.SerializerMethodField()

    class Meta:
        model = ProductImage
        fields = ["id", "image", "alt", "position", "width", "height", "sizes"]

    def get_sizes(self, image: ProductImage) -> dict[str, Any]:
        media = self.context["request"].build_absolute_uri("/media/")
        return sizes_of(media, image.image.name, image.sizes)


class ProductSerializer(serializers.ModelSerializer):
    price_with_tax = serializers.DecimalField(max_digits=11, decimal_places=2, read_only=True)
    price = serializers.DecimalField(max_digits=10, decimal_places=2, read_only=True)
    promotion = PromotionSerializer(read_only=True)
    final_price = serializers.DecimalField(max_digits=11, decimal_places=2, read_only=True)
    currency = serializers.CharField(read_only=True)
    rating_average = serializers.DecimalField(max_digits=2, decimal_places=1, read_only=True)
    rating_count = serializers.IntegerField(read_only=True)
    tags = serializers.ListField(read_only=True)
    images = ProductImageSerializer(many=True, read_only=True)

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
            "tags",
            "last_update",
            "images",
        ]


class ProductViewSet(viewsets.ModelViewSet):
    queryset = Product.objects.all()
    serializer_class = ProductSerializer

    def get_queryset(self) -> Any:
        # Grouped rows go by no order of the model.
        products = with_ratings(super().get_queryset()).order_by("title", "id")
        return products.prefetch_related("images", running_promotions(), tags_in_order())


def do_nothing(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"detail": "Nothing."})


def sign_in(request: HttpRequest) -> JsonResponse:
    is_right = check_password(json.loads(request.body)["password"], HASH)
    return JsonResponse({"access": is_right}, status=200 if is_right else 401)
