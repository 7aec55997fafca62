"""What a report is asked for with, and what its response holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from rest_framework import serializers

from ..models import Customer
from ..validators import FIRST_DAY, LAST_DAY
from .amounts import AmountField

# Days that a report shows unless asked, and at most, by what it adds up.
USUAL_DAYS = {"day": 30, "week": 12 * 7, "month": 365}
MAX_DAYS = {"day": 366, "week": 5 * 366, "month": 10 * 366}
MAX_ROWS = 100
MAX_BELOW = 2**31 - 1


class TimeQuerySerializer(serializers.Serializer):
    """Two days, both included, in UTC; the last 30 unless asked."""

    def get_fields(self) -> dict[str, Any]:
        bounds: dict[str, Any] = {
            "validators": [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
            "required": False,
        }
        # Named after a word that Python keeps for itself.
        days = {
            "from": serializers.DateField(source="start", help_text="First day (UTC).", **bounds),
            "to": serializers.DateField(
                source="end", help_text="Last day (UTC); today unless given.", **bounds
            ),
        }
        return {**super().get_fields(), **days}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        by = attrs.get("by")
        end = attrs.setdefault("end", datetime.now(UTC).date())
        usual = timedelta(days=USUAL_DAYS[by or "day"] - 1)
        start = attrs.setdefault("start", max(end - usual, FIRST_DAY))
        if end < start:
            raise serializers.ValidationError({"to": ["Must not be before the first day."]})
        longest = MAX_DAYS[by or "month"]
        if end - start >= timedelta(days=longest):
            raise serializers.ValidationError({"from": [f"At most {longest} days at once."]})
        return attrs


class SalesQuerySerializer(TimeQuerySerializer):
    by = serializers.ChoiceField(choices=list(USUAL_DAYS), default="day")


class LimitQuerySerializer(serializers.Serializer):
    limit = serializers.IntegerField(min_value=1, max_value=MAX_ROWS, default=10)


class RankingQuerySerializer(LimitQuerySerializer, TimeQuerySerializer):
    pass


class StockQuerySerializer(LimitQuerySerializer):
    below = serializers.IntegerField(
        min_value=0,
        max_value=MAX_BELOW,
        default=None,
        help_text="Pieces; without it each product's own threshold decides, else the shop's.",
    )


class FiguresSerializer(serializers.Serializer):
    orders = serializers.IntegerField()
    pieces = serializers.IntegerField()
    total = AmountField()

    def get_fields(self) -> dict[str, Any]:
        """Return first what the figures are of."""
        fields = super().get_fields()
        figures = {name: fields.pop(name) for name in ("orders", "pieces", "total")}
        return {**fields, **figures}


class PeriodSerializer(FiguresSerializer):
    period = serializers.DateField(help_text="Its first day.")


class BestSellerSerializer(FiguresSerializer):
    product = serializers.IntegerField(source="product_id")
    title = serializers.CharField(source="product__title")


class BestCustomerSerializer(FiguresSerializer):
    customer = serializers.IntegerField(source="order__customer_id")
    username = serializers.CharField(source="order__customer__user__username")
    first_name = serializers.CharField(source="order__customer__user__first_name")
    last_name = serializers.CharField(source="order__customer__user__last_name")
    email = serializers.CharField(source="order__customer__user__email")


class CollectionSalesSerializer(FiguresSerializer):
    collection = serializers.IntegerField(source="product__collection_id")
    title = serializers.CharField(source="product__collection__title")


class MembershipSalesSerializer(FiguresSerializer):
    membership = serializers.ChoiceField(choices=Customer.MEMBERSHIP_CHOICES)
    customers = serializers.IntegerField()


class AverageOrderSerializer(FiguresSerializer):
    average = AmountField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        days = {
            "from": serializers.DateField(source="start"),
            "to": serializers.DateField(source="end"),
        }
        return {**days, **super().get_fields()}


class StockSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    inventory = serializers.IntegerField()
    unit_price = AmountField()
