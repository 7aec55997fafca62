"""Yes or no in a query string, by whatever filter a list reads it."""

from collections.abc import Iterator
from typing import Any

import django_filters
import pytest
from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver
from django_filters.rest_framework import BooleanFilter, DjangoFilterBackend

from storefront.filters import FilterBackend, FilterSet

User = get_user_model()


class AnyFilterSet(FilterSet):
    plain = django_filters.BooleanFilter(field_name="is_staff")
    of_rest_framework = BooleanFilter(field_name="is_staff")

    class Meta:
        model = User
        fields = ["is_active"]


class View:
    filterset_fields = ["is_staff"]


NAMES = ["plain", "of_rest_framework", "is_active"]


def views() -> Iterator[Any]:
    found: list[URLPattern | URLResolver] = [*get_resolver().url_patterns]
    for entry in found:
        found += getattr(entry, "url_patterns", [])
        yield getattr(getattr(entry, "callback", None), "cls", None)


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_read_is_refused_by_field(name: str) -> None:
    filters = AnyFilterSet(QueryDict(f"{name}=maybe"))
    assert filters.errors == {name: ["Must be true or false."]}


@pytest.mark.parametrize("name", NAMES)
def test_yes_no_and_nothing(db: None, name: str) -> None:
    ann, bob = (
        User.objects.create(username=n, email=f"{n}@example.com", is_active=yes, is_staff=yes)
        for n, yes in (("ann", True), ("bob", False))
    )
    for word, found in {"yes": [ann], "OFF": [bob], "": [ann, bob]}.items():
        filters = AnyFilterSet(QueryDict(f"{name}={word}"), User.objects.order_by("pk"))
        assert [*filters.qs] == found


def test_the_form_shows_what_was_asked() -> None:
    form = str(AnyFilterSet(QueryDict("plain=on")).form["plain"])
    assert '<option value="true" selected>' in form


def test_a_view_that_names_only_fields_refuses_too() -> None:
    made = FilterBackend().get_filterset_class(View(), User.objects.all())
    assert not made(QueryDict("is_staff=maybe")).is_valid()


def test_every_list_filters_with_these() -> None:
    found = [view for view in views() if view]
    backends = [backend for view in found for backend in getattr(view, "filter_backends", [])]
    filtered = [backend for backend in backends if issubclass(backend, DjangoFilterBackend)]
    assert filtered
    assert all(issubclass(backend, FilterBackend) for backend in filtered)
    sets = [view.filterset_class for view in found if getattr(view, "filterset_class", None)]
    assert all(issubclass(each, FilterSet) for each in sets)
