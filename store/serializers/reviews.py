from typing import Any

from rest_framework import serializers

from storefront.serializers import ModelSerializer

from ..models import Review


class ReviewSerializer(ModelSerializer):
    is_mine = serializers.SerializerMethodField(help_text="Whoever asks has written it.")
    verified_purchase = serializers.BooleanField(
        read_only=True, help_text="Its author has bought the product."
    )
    is_approved = serializers.BooleanField(
        read_only=True,
        help_text="False while it waits for staff; its author and staff alone see it.",
    )

    class Meta:
        model = Review
        fields = [
            "id",
            "date",
            "name",
            "description",
            "rating",
            "verified_purchase",
            "is_mine",
            "is_approved",
        ]

    def get_is_mine(self, review: Any) -> bool:
        request = self.context.get("request")
        reader = getattr(request and request.user, "pk", None)
        return reader is not None and review.user_id == reader
