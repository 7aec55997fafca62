"""What a report is asked for with, and what its response holds."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from rest_framework import serializers

from ..models import Customer
from ..money import DECIMAL_PLACES, SUM_DIGITS
from ..validators import FIRST_DAY, LAST_DAY
from .amounts import AmountField

# Days that a report shows unless asked, and at most, by what it adds up.
USUAL_DAYS = {"day": 30, "week": 12 * 7, "month": 365}
MAX_DAYS = {"day": 366, "week": 5 * 366, "month": 10 * 366}
MAX_ROWS = 100
MAX_COUNT = 2**31 - 1


MAX_KEY = 2**63 - 1
DAYS = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


class AllTimeQuerySerializer(serializers.Serializer):
    """Two days, both included, in UTC; all time unless asked."""

    last_day = "Last day (UTC); no last one unless given."

    def get_fields(self) -> dict[str, Any]:
        bounds: dict[str, Any] = {"validators": DAYS, "required": False}
        # Named after a word that Python keeps for itself.
        days = {
            "from": serializers.DateField(source="start", help_text="First day (UTC).", **bounds),
            "to": serializers.DateField(source="end", help_text=self.last_day, **bounds),
        }
        return {**super().get_fields(), **days}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start = attrs.setdefault("start", FIRST_DAY)
        if attrs.setdefault("end", LAST_DAY) < start:
            raise serializers.ValidationError({"to": ["Must not be before the first day."]})
        return attrs


class TimeQuerySerializer(AllTimeQuerySerializer):
    """Two days, both included, in UTC; unless asked, as many up to today as the report shows."""

    last_day = "Last day (UTC); today unless given."

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        usual, longest = self.days(attrs)
        end = attrs.setdefault("end", datetime.now(UTC).date())
        attrs.setdefault("start", max(end - timedelta(days=usual - 1), FIRST_DAY))
        attrs = super().validate(attrs)
        if end - attrs["start"] >= timedelta(days=longest):
            raise serializers.ValidationError({"from": [f"At most {longest} days at once."]})
        return attrs

    def days(self, attrs: dict[str, Any]) -> tuple[int, int]:
        """Return how many are shown unless asked, and at most."""
        return USUAL_DAYS["day"], MAX_DAYS["month"]


def key_field(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=MAX_KEY, default=None, help_text=help_text
    )


class ProductsQuerySerializer(serializers.Serializer):
    """Which products: one, those of a collection, or all."""

    product = key_field("Id of the only product.")
    collection = key_field("Id of the collection of the products.")


class SalesQuerySerializer(ProductsQuerySerializer, TimeQuerySerializer):
    by = serializers.ChoiceField(choices=list(USUAL_DAYS), default="day")

    def days(self, attrs: dict[str, Any]) -> tuple[int, int]:
        return USUAL_DAYS[attrs["by"]], MAX_DAYS[attrs["by"]]


class LimitQuerySerializer(serializers.Serializer):
    limit = serializers.IntegerField(min_value=1, max_value=MAX_ROWS, default=10)


class RankingQuerySerializer(LimitQuerySerializer, TimeQuerySerializer):
    pass


class BestSellersQuerySerializer(ProductsQuerySerializer, RankingQuerySerializer):
    by = serializers.ChoiceField(choices=["pieces", "revenue"], default="pieces")


class CustomersQuerySerializer(LimitQuerySerializer, AllTimeQuerySerializer):
    by = serializers.ChoiceField(
        choices=["total", "orders", "last_order", "longest_ago"],
        default="total",
        help_text="The highest totals, the most orders, or the last order, of which `last_order` "
        "lists the newest first and `longest_ago` the oldest.",
    )
    customer = key_field("Id of the only customer.")
    min_orders = serializers.IntegerField(
        min_value=1, max_value=MAX_COUNT, default=None, help_text="At least so many orders."
    )
    min_total = serializers.DecimalField(
        max_digits=SUM_DIGITS,
        decimal_places=DECIMAL_PLACES,
        min_value=Decimal(0),
        default=None,
        help_text="Spent at least this amount, before tax.",
    )
    last_after = serializers.DateField(
        validators=DAYS, default=None, help_text="The last order is of this day (UTC) or later."
    )
    last_before = serializers.DateField(
        validators=DAYS, default=None, help_text="The last order is of this day (UTC) or earlier."
    )


class PricesQuerySerializer(LimitQuerySerializer):
    collection = key_field("Id of the only collection.")


class StockQuerySerializer(LimitQuerySerializer):
    below = serializers.IntegerField(
        min_value=0,
        max_value=MAX_COUNT,
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


class CustomerSalesSerializer(BestCustomerSerializer):
    last_order = serializers.DateTimeField(help_text="When it was placed.")


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


class PricesSerializer(serializers.Serializer):
    collection = serializers.IntegerField(source="collection_id")
    title = serializers.CharField(source="collection__title")
    products = serializers.IntegerField(help_text="Published ones.")
    lowest = AmountField()
    highest = AmountField()
    average = AmountField()


class StockSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    inventory = serializers.IntegerField()
    unit_price = AmountField()
