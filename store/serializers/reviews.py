from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from storefront.serializers import ModelSerializer

from ..models import Review


class AnswerSerializer(serializers.Serializer):
    text = serializers.CharField()
    answered_at = serializers.DateTimeField()


@extend_schema_field(AnswerSerializer(allow_null=True))
class AnswerField(serializers.Field):
    """What the shop says to a review, null where it says nothing."""

    def get_attribute(self, instance: Review) -> Any:
        if instance.answer is None:
            return None
        return {"text": instance.answer, "answered_at": instance.answered_at}

    def to_representation(self, value: Any) -> Any:
        return AnswerSerializer(value).data


class ReviewSerializer(ModelSerializer):
    is_mine = serializers.SerializerMethodField(help_text="Whoever asks has written it.")
    verified_purchase = serializers.BooleanField(
        read_only=True, help_text="Its author has bought the product."
    )
    is_approved = serializers.BooleanField(
        read_only=True,
        help_text="False while it waits for staff; its author and staff alone see it.",
    )

    answer = AnswerField(read_only=True, help_text="What the shop says to it.")

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
            "answer",
        ]

    def get_is_mine(self, review: Any) -> bool:
        request = self.context.get("request")
        reader = getattr(request and request.user, "pk", None)
        return reader is not None and review.user_id == reader
