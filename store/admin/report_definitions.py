"""The reports of the API as pages of the admin: what each is called, is asked by, shows and draws."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from rest_framework import serializers

from ..money import displayed
from ..serializers import reports as shapes
from ..serializers.amounts import AmountField
from ..services import reports
from ..services.reports import Row

# Columns whose name in the API does not say enough here.
LABELS = {
    "total": "Revenue",
    "product": "Product no.",
    "customer": "Customer no.",
    "collection": "Collection no.",
    "id": "Product no.",
    "inventory": "In stock",
    "unit_price": "Price",
    "average": "Average",
    "lowest": "Lowest price",
    "highest": "Highest price",
    "from": "First day",
    "to": "Last day",
    "email": "E-mail",
    "username": "User name",
}
PERIODS = {"day": "Day", "week": "Week from", "month": "Month from"}
NONE = "–"
# Numbers that count nothing: ids.
KEYS = {"product", "customer", "collection", "id"}
DRAWN_BY = {"pieces": "pieces", "orders": "orders"}


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    field: serializers.Field

    @property
    def source(self) -> str:
        return str(self.field.source)

    @property
    def is_number(self) -> bool:
        is_number = isinstance(self.field, serializers.IntegerField | serializers.DecimalField)
        return is_number and self.name not in KEYS

    @property
    def is_time(self) -> bool:
        return isinstance(self.field, serializers.DateField | serializers.DateTimeField)

    def value(self, row: Row) -> Any:
        """Return what a spreadsheet takes: a number as one."""
        found = row[self.source]
        if isinstance(self.field, serializers.ChoiceField):
            return self.field.choices.get(found, found)
        return found if found is None or not self.is_amount else displayed(Decimal(str(found)))

    def text(self, row: Row) -> str:
        """Return what the page shows."""
        value = self.value(row)
        if value is None:
            return NONE
        if self.is_number:
            return f"{value:,}"
        is_moment = isinstance(self.field, serializers.DateTimeField)
        return f"{value:%Y-%m-%d %H:%M}" if is_moment else str(value)

    @property
    def is_amount(self) -> bool:
        return isinstance(self.field, AmountField)


@dataclass(frozen=True)
class Definition:
    """A report: the service, the serializers of the API, and the columns that a chart shows."""

    name: str
    title: str
    description: str
    service: Callable[..., list[Row]]
    query: type[serializers.Serializer]
    row: type[serializers.Serializer]
    # The column of the names, and the one of the values.
    drawn: tuple[str, str] | None = None
    # The column that leads to the page of a row: its name, the model, the column of the key.
    link: tuple[str, str, str] | None = None

    def columns(self, asked: Mapping[str, Any]) -> list[Column]:
        fields = self.row().fields
        labels = LABELS | ({"period": PERIODS[asked["by"]]} if self.is_series else {})
        return [
            Column(name, label_of(name, field, labels), field) for name, field in fields.items()
        ]

    def value_drawn(self, asked: Mapping[str, Any]) -> str | None:
        """Return the column whose values are drawn: the one that ranks the rows, if it can be."""
        return DRAWN_BY.get(asked.get("by", ""), self.drawn[1]) if self.drawn else None

    @property
    def is_series(self) -> bool:
        return self.name == "sales"

    @property
    def has_period(self) -> bool:
        return issubclass(self.query, shapes.AllTimeQuerySerializer)

    @property
    def is_of_all_time(self) -> bool:
        """Tell whether it covers all time unless asked."""
        return self.has_period and not issubclass(self.query, shapes.TimeQuerySerializer)


def label_of(name: str, field: Any, labels: Mapping[str, str]) -> str:
    label = labels.get(name) or name.replace("_", " ").capitalize()
    return f"{label} ({settings.STORE_CURRENCY})" if isinstance(field, AmountField) else label


def end_of(start: date, by: str) -> date:
    """Return the last day of the day, week or month that starts on a day."""
    if by == "month":
        return (start.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return start + timedelta(days=6) if by == "week" else start


DEFINITIONS = {
    definition.name: definition
    for definition in (
        Definition(
            "sales",
            "Sales",
            "Orders, pieces and revenue of each day, week or month; one without a sale is left out.",
            reports.sales_by,
            shapes.SalesQuerySerializer,
            shapes.PeriodSerializer,
            drawn=("period", "total"),
        ),
        Definition(
            "average_order",
            "Average order",
            "What the average order of a time came to.",
            reports.average_order,
            shapes.TimeQuerySerializer,
            shapes.AverageOrderSerializer,
        ),
        Definition(
            "best_sellers",
            "Best sellers",
            "The products that sold most pieces, or brought in the highest amounts.",
            reports.best_sellers,
            shapes.BestSellersQuerySerializer,
            shapes.BestSellerSerializer,
            drawn=("title", "total"),
            link=("title", "product", "product"),
        ),
        Definition(
            "by_collection",
            "Sales by collection",
            "What each collection sold, the highest amount first.",
            reports.by_collection,
            shapes.RankingQuerySerializer,
            shapes.CollectionSalesSerializer,
            drawn=("title", "total"),
            link=("title", "collection", "collection"),
        ),
        Definition(
            "by_membership",
            "Sales by membership",
            "What the customers of each membership bought; by the membership of today.",
            reports.by_membership,
            shapes.TimeQuerySerializer,
            shapes.MembershipSalesSerializer,
            drawn=("membership", "total"),
        ),
        Definition(
            "best_customers",
            "Best customers",
            "The customers who bought for the highest amounts.",
            reports.best_customers,
            shapes.RankingQuerySerializer,
            shapes.BestCustomerSerializer,
            drawn=("username", "total"),
            link=("username", "customer", "customer"),
        ),
        Definition(
            "customers",
            "Customers who bought",
            "By amount, by orders or by their last order; of all time unless a period is chosen.",
            reports.customers,
            shapes.CustomersQuerySerializer,
            shapes.CustomerSalesSerializer,
            drawn=("username", "total"),
            link=("username", "customer", "customer"),
        ),
        Definition(
            "low_stock",
            "Low stock",
            "The products with fewer pieces than their threshold, the fewest first.",
            reports.low_stock,
            shapes.StockQuerySerializer,
            shapes.StockSerializer,
            drawn=("title", "inventory"),
            link=("title", "product", "id"),
        ),
        Definition(
            "never_sold",
            "Never sold",
            "Products that are in no sale of any time, by title.",
            reports.never_sold,
            shapes.LimitQuerySerializer,
            shapes.StockSerializer,
            drawn=("title", "inventory"),
            link=("title", "product", "id"),
        ),
        Definition(
            "ever_sold",
            "Ever sold",
            "Products that were sold at any time, by title.",
            reports.ever_sold,
            shapes.LimitQuerySerializer,
            shapes.StockSerializer,
            drawn=("title", "inventory"),
            link=("title", "product", "id"),
        ),
        Definition(
            "prices",
            "Prices",
            "The lowest, highest and average list price of each collection's published products.",
            reports.prices,
            shapes.PricesQuerySerializer,
            shapes.PricesSerializer,
            drawn=("title", "average"),
            link=("title", "collection", "collection"),
        ),
    )
}
