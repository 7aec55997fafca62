"""What the API's OpenAPI document calls the rows of a view."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from drf_spectacular.utils import extend_schema_view

View = TypeVar("View", bound=type)

VERBS = {
    "list": "List {many}",
    "create": "Create {one}",
    "retrieve": "Read {one}",
    "update": "Replace {one}",
    "partial_update": "Change {one}",
    "destroy": "Delete {one}",
}


class Resource(NamedTuple):
    # One of the TAGS in storefront/settings/schema.py.
    tag: str
    one: str
    many: str

    def summary(self, action: str) -> str | None:
        verb = VERBS.get(action)
        return verb.format(one=self.one, many=self.many) if verb else None


def resource_schema(
    tag: str, *, one: str, many: str, refuses: tuple[type[Exception], ...] = (), **actions: Any
) -> Callable[[View], View]:
    """Return a class decorator: `extend_schema_view` for a view of rows that have these names.

    Every write may be refused with what `refuses` names. `actions` need what neither the names nor the docstring of the action say.
    """

    def decorate(view: Any) -> Any:
        view.schema_resource = Resource(tag, one, many)
        view.schema_refusals = refuses
        describe_mapped_methods(extend_schema_view(**actions)(view))
        return view

    return decorate


def describe_mapped_methods(view: Any) -> None:
    """Give each `@me.mapping.put` the schema of `me`, without which drf-spectacular refuses the view."""
    for action in view.get_extra_actions():
        others = [
            getattr(view, name) for name in action.mapping.values() if name != action.__name__
        ]
        for method in others if "schema" in action.kwargs else []:
            method.kwargs = {"schema": action.kwargs["schema"], **getattr(method, "kwargs", {})}
