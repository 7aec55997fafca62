from rest_framework import serializers

from storefront.serializers import ModelSerializer

from ..models import UserSession


class SessionSerializer(ModelSerializer):
    is_current = serializers.BooleanField(read_only=True)

    class Meta:
        model = UserSession
        fields = ["id", "created_at", "last_used_at", "user_agent", "network", "is_current"]
