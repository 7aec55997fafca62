from rest_framework import serializers

from ..models import Payment


class PaymentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Payment
        fields = ["id", "status", "amount", "gateway", "checkout_url", "created_at"]
        read_only_fields = fields
