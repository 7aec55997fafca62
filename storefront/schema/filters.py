"""The bounds of filters, which drf-spectacular does not tell."""

from typing import Any

from drf_spectacular.contrib.django_filters import DjangoFilterExtension

# What a filter hands on to its form field -> the word of JSON Schema.
BOUNDS = {"min_value": "minimum", "max_value": "maximum", "max_length": "maxLength"}


class BoundedFilterExtension(DjangoFilterExtension):
    """Describes the filters of a view, with what bounds their values."""

    target_class = "django_filters.rest_framework.DjangoFilterBackend"
    match_subclasses = True
    priority = 1

    def resolve_filter_field(self, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().resolve_filter_field(*args, **kwargs)
        extra = args[-1].extra
        bounds = {BOUNDS[name]: json_number(extra[name]) for name in BOUNDS.keys() & extra.keys()}
        for parameter in parameters:
            parameter["schema"].update(bounds)
        return parameters


def json_number(value: Any) -> int | float:
    return int(value) if value == int(value) else float(value)
