"""How staff find customers and orders."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.forms import Field, TextInput, ValidationError
from django.utils.dateparse import parse_date, parse_datetime
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError as RefusedValue
from rest_framework.request import Request
from rest_framework.views import APIView

from storefront.filters import FilterSet

from .filters import BoundedSearchFilter, StableOrderingFilter
from .models import Customer, Order, OrderStatus
from .models.orders import start_of
from .validators import FIRST_DAY, LAST_DAY

MAX_KEY = 2**63 - 1
# More than a person has names; each costs a condition for every name and spelling.
MAX_WORDS = 10


class DayOrMoment(Field):
    """A date, or a date and time, which is of UTC where it has no offset (ISO 8601)."""

    widget = TextInput
    default_error_messages = {
        "invalid": "Enter a date such as 2026-03-04, or a date and time such as 2026-03-04T12:00:00Z; "
        "the + of an offset is written %%2B in an address.",
        "far": f"Enter a time from {FIRST_DAY} to {LAST_DAY}.",
    }

    def to_python(self, value: Any) -> date | datetime | None:
        text = (value or "").strip()
        if not text:
            return None
        try:
            found: date | datetime | None = parse_date(text) or parse_datetime(text)
        except ValueError:
            found = None
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if isinstance(found, datetime) and found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        moment = found if isinstance(found, datetime) else start_of(found)
        if not start_of(FIRST_DAY) <= moment < start_of(LAST_DAY + timedelta(days=1)):
            raise ValidationError(self.error_messages["far"], code="far")
        return found


@extend_schema_field(
    {
        "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}],
        "examples": ["2026-03-04", "2026-03-04T12:00:00Z"],
    }
)
class TimeFilter(filters.Filter):
    """A bound on a time, which belongs to what is found; a day (UTC) counts as a whole."""

    field_class = DayOrMoment

    def filter(self, queryset: QuerySet, value: date | datetime | None) -> QuerySet:
        if value is None:
            return queryset
        is_day = not isinstance(value, datetime)
        if self.lookup_expr == "gte":
            bound = {"gte": start_of(value) if is_day else value}
        elif is_day:
            bound = {"lt": start_of(value + timedelta(days=1))}
        else:
            bound = {"lte": value}
        return queryset.filter(**{f"{self.field_name}__{key}": at for key, at in bound.items()})


class OrderFilter(FilterSet):
    status = filters.ChoiceFilter(choices=OrderStatus.choices)
    payment_status = filters.ChoiceFilter(choices=Order.PAYMENT_STATUS_CHOICES)
    # Of a number alone: nobody learns from it whose profiles there are.
    customer = filters.NumberFilter(
        label="Customer's id", min_value=0, max_value=MAX_KEY, decimal_places=0
    )
    placed_after = TimeFilter(
        "placed_at",
        "gte",
        label="Placed at this time or later",
        help_text="Of a day: from its start (UTC).",
    )
    placed_before = TimeFilter(
        "placed_at",
        "lte",
        label="Placed at this time or earlier",
        help_text="Of a day: until its end (UTC).",
    )

    class Meta:
        model = Order
        fields: list[str] = []


class CustomerFilter(FilterSet):
    membership = filters.ChoiceFilter(choices=Customer.MEMBERSHIP_CHOICES)

    class Meta:
        model = Customer
        fields: list[str] = []


class BeginningSearchFilter(BoundedSearchFilter):
    """Search for rows by how their words begin; the queryset knows which."""

    def filter_queryset(self, request: Request, queryset: Any, view: APIView) -> QuerySet:
        words = self.get_search_terms(request)
        if len(words) > MAX_WORDS:
            raise RefusedValue({self.search_param: [f"Enter at most {MAX_WORDS} words."]})
        return queryset.found_by(words) if words else queryset


class CustomerSearchFilter(BeginningSearchFilter):
    search_description = (
        "Finds the customers of whom each of these words begins the first name, the last name, the "
        "user name or the e-mail, whatever its case."
    )


class OrderSearchFilter(BeginningSearchFilter):
    search_description = (
        "Finds the orders of which each of these words is the number (`4000` or `#4000`), begins the "
        "first name, the last name, the user name, the e-mail or, from five digits on, the phone of "
        "the customer, the town of the address or the SKU of a product in it, or, from three letters "
        "on, begins a word of the title of a product in it, whatever its case. A town of several words "
        "and a phone number with blanks are found by the beginning of the whole text, too; beside "
        "other words they stand in quotation marks."
    )


class CustomerOrderingFilter(StableOrderingFilter):
    """Order customers also by what is no column of theirs."""

    # Name -> what it is ordered by.
    COLUMNS = {
        "name": ("user__first_name", "user__last_name"),
        "username": ("user__username",),
        "email": ("user__email",),
    }

    def filter_queryset(self, request: Request, queryset: Any, view: APIView) -> QuerySet:
        names = self.get_ordering(request, queryset, view)
        if any(name.removeprefix("-") == "orders_count" for name in names):
            queryset = queryset.with_orders_count()
        return queryset.order_by(*self.columns(names))

    def columns(self, names: Sequence[str]) -> list[str]:
        found = []
        for name in names:
            sign, name = ("-" if name.startswith("-") else ""), name.removeprefix("-")
            found += [f"{sign}{column}" for column in self.COLUMNS.get(name, (name,))]
        *others, last = found
        if others and others[-1].lstrip("-").startswith("user__"):
            # Equal names in the order of their users: MariaDB reads an index of one table only.
            last = last.replace("id", "user_id") if last in ("id", "-id") else last
        return [*others, last]
