from rest_framework import serializers

from storefront.serializers import ModelSerializer

from ..models import Product
from .images import ThumbnailField


class SuggestionQuerySerializer(serializers.Serializer):
    q = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=255,
        help_text="What somebody has typed so far.",
    )


class SuggestedProductSerializer(ModelSerializer):
    image = ThumbnailField(read_only=True, help_text="The thumbnail of the first picture.")

    class Meta:
        model = Product
        fields = ["id", "title", "slug", "image"]


class SuggestedCollectionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()


class SuggestionsSerializer(serializers.Serializer):
    products = SuggestedProductSerializer(many=True)
    collections = SuggestedCollectionSerializer(many=True)
    tags = serializers.ListField(child=serializers.CharField())
