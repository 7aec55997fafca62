from rest_framework import serializers

from ..models import Promotion


class PromotionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Promotion
        fields = ["id", "description", "discount", "ends_at"]
        read_only_fields = fields
