"""What the filters of every list have in common."""

from typing import Any

from django import forms
from django_filters import BooleanFilter
from django_filters import rest_framework as filters
from django_filters.widgets import BooleanWidget

WORDS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}


class YesOrNoWidget(BooleanWidget):
    """A select box that hands on words it does not know, for the field to refuse."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name)

    def render(self, name: str, value: Any, *args: Any, **kwargs: Any) -> str:
        return super().render(name, word_of(value), *args, **kwargs)


class YesOrNoField(forms.Field):
    """True, False, or None where nothing is asked; Django's own takes what it cannot read for None."""

    widget = YesOrNoWidget
    default_error_messages = {"invalid": "Must be true or false."}

    def to_python(self, value: Any) -> bool | None:
        found = word_of(value)
        if found is None and str(value or "").strip():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


def word_of(value: Any) -> bool | None:
    return WORDS.get(str(value).strip().lower())


class FilterSet(filters.FilterSet):
    """Filters that refuse what they cannot read, those that other apps add included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.filters.values():
            if isinstance(each, BooleanFilter):
                each.field_class = YesOrNoField
                each.extra["widget"] = YesOrNoWidget


class FilterBackend(filters.DjangoFilterBackend):
    # For views that name only the fields.
    filterset_base = FilterSet

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        known = getattr(getattr(view, "filterset_class", None), "base_filters", None)
        # To build its form takes a third of a page of products.
        if known is not None and known.keys().isdisjoint(request.query_params):
            return queryset
        return super().filter_queryset(request, queryset, view)
