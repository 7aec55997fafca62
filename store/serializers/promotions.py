from storefront.serializers import ModelSerializer

from ..models import Promotion


class PromotionSerializer(ModelSerializer):
    class Meta:
        model = Promotion
        fields = ["id", "description", "discount", "ends_at"]
        read_only_fields = fields


class RunningPromotionSerializer(ModelSerializer):
    class Meta:
        model = Promotion
        fields = ["id", "description", "discount", "starts_at", "ends_at"]
        read_only_fields = fields
