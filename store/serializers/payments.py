from storefront.serializers import ModelSerializer

from ..models import Payment


class PaymentSerializer(ModelSerializer):
    class Meta:
        model = Payment
        fields = ["id", "status", "amount", "gateway", "checkout_url", "created_at"]
        read_only_fields = fields
