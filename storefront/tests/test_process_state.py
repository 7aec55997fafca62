import pytest
from django.test.utils import override_script_prefix
from django.utils import translation

from .process_state import changed_state, process_state

pytestmark = pytest.mark.once


def test_what_is_left_behind_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    before = process_state()
    monkeypatch.setenv("LEFT", "1")
    with override_script_prefix("/shop/"), translation.override("de"):
        assert changed_state(before) == [
            "script prefix: '/' -> '/shop/'",
            "language: 'en-us' -> 'de'",
            "variable LEFT: None -> '1'",
        ]
