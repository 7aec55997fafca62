"""What the filters of every list have in common."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django_filters import BooleanFilter
from django_filters import rest_framework as filters
from django_filters.widgets import BooleanWidget

from .converters import is_key

# Values of one parameter.
MAX_REPEATED = 100

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


class RepeatedInput(forms.TextInput):
    """A text box for a parameter that may come many times; those without a value are none."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""]
        return [value for value in values if value.strip()]

    def format_value(self, value: Any) -> str | None:
        # The form has one box; what was asked beside is in the address.
        return super().format_value(value[0] if isinstance(value, list) and value else None)


class RepeatedField(forms.Field):
    """Up to MAX_REPEATED texts, each as `text` takes it."""

    widget = RepeatedInput
    text = forms.CharField()

    def to_python(self, value: Any) -> list[Any]:
        texts = list(dict.fromkeys(value or []))
        if len(texts) > MAX_REPEATED:
            raise forms.ValidationError(f"Ensure this is given at most {MAX_REPEATED} times.")
        return [self.text.clean(text) for text in texts]


class JoinedInput(forms.TextInput):
    """A text box for a list with commas; a parameter that comes many times is one list."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        return ",".join(data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""])


class WholeNumbersField(forms.Field):
    """Whole numbers with commas between them; None where there is none."""

    widget = JoinedInput

    def to_python(self, value: Any) -> list[int] | None:
        texts = [text.strip() for text in (value or "").split(",")]
        texts = list(dict.fromkeys(filter(None, texts)))
        if not texts:
            return None
        if not all(text.isascii() and text.isdigit() for text in texts):
            raise forms.ValidationError("Enter whole numbers with commas between them.")
        if len(texts) > MAX_REPEATED:
            raise forms.ValidationError(f"Enter at most {MAX_REPEATED} numbers.")
        # What no column holds is the key of nothing.
        return [int(text) for text in texts if is_key(text)]


class ModelLabelField(forms.Field):
    """A model as "app_label.model", or none."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> type[Model] | None:
        text = (value or "").strip().lower()
        if not text:
            return None
        try:
            return apps.get_model(text)
        except (LookupError, ValueError) as error:
            raise forms.ValidationError("There is no such model.") from error


class ModelLabelFilter(filters.CharFilter):
    field_class = ModelLabelField

    def filter(self, queryset: Any, value: type[Model] | None) -> Any:
        if value is None:
            return queryset
        return queryset.filter(content_type=ContentType.objects.get_for_model(value))


class ObjectFilter(FilterSet):
    """Generic relations by the object that they point to."""

    content_type = ModelLabelFilter(label="Model, such as store.product")
    object_id = filters.NumberFilter(
        label="Id of the object", min_value=0, max_value=2**63 - 1, decimal_places=0
    )
