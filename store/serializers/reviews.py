from storefront.serializers import ModelSerializer

from ..models import Review


class ReviewSerializer(ModelSerializer):
    class Meta:
        model = Review
        fields = ["id", "date", "name", "description", "rating"]
