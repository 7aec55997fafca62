import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db.models import TextChoices
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from rest_framework import renderers
from rest_framework.exceptions import ErrorDetail
from rest_framework.utils.serializer_helpers import ReturnDict

from storefront.renderers.json import JSONRenderer


class Colour(TextChoices):
    RED = "R", "Red"


class Shelf:
    """Something that the encoder can walk through, and no more."""

    def __iter__(self) -> Any:
        return iter([1, 2])


def test_writes_what_the_renderer_of_the_framework_writes(subtests: pytest.Subtests) -> None:
    for data in [
        None,
        {},
        [],
        "",
        {"price": Decimal("10.10"), "rate": 0.1, "whole": 2.0},
        {"id": UUID(int=7), "in": {"a": [None, True, False, -1]}},
        {"key": Colour.RED, "title": mark_safe("<b>"), "lazy": gettext_lazy("Price")},
        {"detail": ErrorDetail("No.", code="no")},
        ReturnDict({"a": 1}, serializer=None),
        datetime(2026, 11, 26, 12, 0, 0, 123456, UTC),
        datetime(2026, 11, 26, 12, 0, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 11, 26, 12, 0),
        date(2026, 11, 26),
        timedelta(seconds=1.5),
        ("a", ("b",)),
        {"text": 'é ü 漢 🎁 " \\ / \n \t \x7f \x01 </script>'},
        {"breaks": "a\u2028b\u2029c"},
        {"large": 2**63, "larger": 2**64, "largest": 10**30},
        {1: "a key that is a number"},
        Shelf(),
        b"bytes",
    ]:
        with subtests.test(data=data):
            theirs = renderers.JSONRenderer().render(data)
            assert JSONRenderer().render(data) == theirs


def test_writes_the_same_numbers(subtests: pytest.Subtests) -> None:
    for number in [1e16, 1e-7, 1.7976931348623157e308, 5e-324, 0.1 + 0.2, -0.0]:
        with subtests.test(number=number):
            assert repr(json.loads(JSONRenderer().render(number))) == repr(number)


@pytest.mark.parametrize("media_type", ["application/json; indent=4", "application/json; indent=0"])
def test_indents_where_it_is_asked_to(media_type: str) -> None:
    data = {"a": [1, 2]}
    theirs = renderers.JSONRenderer().render(data, media_type)
    assert JSONRenderer().render(data, media_type) == theirs


@pytest.mark.parametrize("data", [{"text": "\ud800"}, {"thing": object()}])
def test_refuses_what_the_renderer_of_the_framework_refuses(data: Any) -> None:
    for renderer in (renderers.JSONRenderer(), JSONRenderer()):
        with pytest.raises((TypeError, UnicodeEncodeError)):
            renderer.render(data)
