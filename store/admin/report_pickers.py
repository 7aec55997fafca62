"""What a report is asked for with: the periods to pick from, and a form of the API's parameters."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from rest_framework import serializers

from storefront.converters import is_key

from ..models import Order, OrderItem, Product
from ..validators import FIRST_DAY, LAST_DAY
from .report_definitions import Definition

Days = tuple[date, date]

# What pages list unless asked, and may list.
LIMIT, LIMITS = 25, [10, 25, 50, 100]
# What is chosen by name; who may not see these types the number.
CHOSEN: dict[str, Any] = {
    "product": OrderItem._meta.get_field("product"),
    "collection": Product._meta.get_field("collection"),
    "customer": Order._meta.get_field("customer"),
}
LABELS = {
    "from": "From",
    "to": "To",
    "limit": "Rows",
    "by": "By",
    "min_orders": "At least so many orders",
    "min_total": "Spent at least",
    "last_after": "Last order on or after",
    "last_before": "Last order on or before",
    "below": "Fewer pieces than",
}
UNKNOWN = "There is no such period; these are the usual days."


def last_month(today: date) -> Days:
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


# In an address -> what people call it, and its first and last day.
PERIODS: dict[str, tuple[str, Callable[[date], Days]]] = {
    "today": ("Today", lambda today: (today, today)),
    "7-days": ("7 days", lambda today: (today - timedelta(days=6), today)),
    "30-days": ("30 days", lambda today: (today - timedelta(days=29), today)),
    "month": ("This month", lambda today: (today.replace(day=1), today)),
    "last-month": ("Last month", last_month),
    "year": ("This year", lambda today: (today.replace(month=1, day=1), today)),
}
ALL_TIME = "all"


class ChosenByName(AutocompleteSelect):
    """Shows of an address only what may be a key; the field says that the rest is none."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [each for each in value if is_key(each)], attr)


class ReportForm(forms.Form):
    """Shows what was asked and what was wrong with it; the serializer of the API decides that."""

    def __init__(self, fields: Mapping[str, forms.Field], data: Mapping[str, Any]) -> None:
        super().__init__(data)
        # Some are named after words that Python keeps for itself.
        self.fields.update(fields)

    def explain(self, errors: Mapping[str, Any]) -> None:
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, str(message))


class Picker:
    """Reads what an address asks of a report, and shows it again."""

    def __init__(self, definition: Definition, request: HttpRequest) -> None:
        self.definition, self.request = definition, request
        self.today = timezone.now().astimezone(UTC).date()
        self.serializer = definition.query(data=self.given)
        self.is_valid = self.serializer.is_valid() and not self.is_unknown and self.form.is_valid()

    @cached_property
    def given(self) -> dict[str, Any]:
        """Return what was asked; as in the API, an empty value is none."""
        names: list[str] = [*self.definition.query().get_fields()]
        asked = {name: self.request.GET.get(name) for name in names}
        given: dict[str, Any] = {name: value for name, value in asked.items() if value}
        if "limit" in names:
            given.setdefault("limit", str(LIMIT))
        if self.days and not given.keys() & {"from", "to"}:
            given["from"], given["to"] = map(str, self.days)
        return given

    @property
    def period(self) -> str:
        return self.request.GET.get("period", "") if self.definition.has_period else ""

    @property
    def is_unknown(self) -> bool:
        return bool(self.period) and self.period not in {*PERIODS, ALL_TIME}

    @cached_property
    def days(self) -> Days | None:
        return PERIODS[self.period][1](self.today) if self.period in PERIODS else None

    @property
    def asked(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {**self.serializer.validated_data}

    @cached_property
    def shown(self) -> dict[str, Any]:
        """Return what the form and the addresses of the downloads hold: the usual days too."""
        shown: dict[str, Any] = {**self.given}
        asked = self.serializer.validated_data if self.serializer.is_valid() else {}
        for name, source, none in (("from", "start", FIRST_DAY), ("to", "end", LAST_DAY)):
            if source in asked and asked[source] != none:
                shown[name] = str(asked[source])
        return shown

    @cached_property
    def form(self) -> ReportForm:
        fields = {
            name: self.form_field(name, field)
            for name, field in self.definition.query().fields.items()
        }
        # The days come first, then what ranks and bounds the rows.
        order = sorted(fields, key=lambda name: (name not in ("from", "to"), name not in ("by",)))
        form = ReportForm({name: fields[name] for name in order}, self.shown)
        if not self.serializer.is_valid():
            form.explain(self.serializer.errors)
        if self.is_unknown:
            form.add_error(None, UNKNOWN)
        return form

    def form_field(self, name: str, field: Any) -> forms.Field:
        label = LABELS.get(name) or name.capitalize()
        options: dict[str, Any] = {"label": label, "required": False}
        if name in CHOSEN and self.may_choose(name):
            relation = CHOSEN[name]
            # Without a placeholder there is no button that empties it.
            widget = ChosenByName(relation, admin.site, attrs={"data-placeholder": "All"})
            rows = relation.related_model.objects.order_by()
            return forms.ModelChoiceField(rows, widget=widget, **options)
        return forms.CharField(widget=widget_of(name, field), **options)

    def may_choose(self, name: str) -> bool:
        model = CHOSEN[name].related_model
        user: Any = self.request.user
        return user.has_perm(f"store.view_{model._meta.model_name}")

    @property
    def presets(self) -> list[dict[str, Any]]:
        """Return the periods to pick from, as links that keep what else was asked."""
        if not self.definition.has_period:
            return []
        kept = {name: value for name, value in self.given.items() if name not in ("from", "to")}
        names = {name: label for name, (label, _) in PERIODS.items()}
        if self.definition.is_of_all_time:
            names[ALL_TIME] = "All time"
        return [
            {
                "label": label,
                "url": f"?{urlencode({**kept, 'period': name})}",
                "is_current": self.is_valid and name == self.current,
            }
            for name, label in names.items()
        ]

    @cached_property
    def current(self) -> str:
        """Return the period that the days are, if they are one."""
        asked = self.asked
        if (asked["start"], asked["end"]) == (FIRST_DAY, LAST_DAY):
            return ALL_TIME
        fits = [
            name
            for name, (_, days) in PERIODS.items()
            if days(self.today) == (asked["start"], asked["end"])
        ]
        return self.period if self.period in fits else next(iter(fits), "")


def widget_of(name: str, field: Any) -> forms.Widget:
    if name == "limit":
        return forms.Select(choices=[(number, number) for number in LIMITS])
    if isinstance(field, serializers.DateField):
        return forms.DateInput(attrs={"type": "date", "min": FIRST_DAY, "max": LAST_DAY})
    if isinstance(field, serializers.ChoiceField):
        return forms.Select(choices=[(key, label_of(key)) for key in field.choices])
    step = "0.01" if isinstance(field, serializers.DecimalField) else "1"
    return forms.NumberInput(attrs={"min": field.min_value, "step": step})


def label_of(choice: str) -> str:
    names = {"total": "revenue", "last_order": "last order, newest first"}
    return (names | {"longest_ago": "last order, oldest first"}).get(choice, choice).capitalize()
