"""How a cell becomes a value, and a value a cell; what is raised is told to whoever made the sheet."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.validators import validate_integer
from django.utils import timezone
from import_export import widgets

from ..money import displayed

# What a cell says that is to take the value away; an empty one leaves it as it is.
EMPTY = "(empty)"
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z", re.ASCII)
# More digits than any column holds.
MAX_DIGITS = 30
YES = {"true", "yes", "1", "y"}
NO = {"false", "no", "0", "n"}


class TextWidget(widgets.Widget):
    """A text, without the blanks around it."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return value

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class NumberWidget(TextWidget):
    """A number as programs write it; what is ambiguous is refused: 1.234 is another number in other countries."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return None
        if not NUMBER.match(value) or len(value) > MAX_DIGITS:
            raise ValueError(
                f"“{value[:40]}” is no number such as 1234.50: digits with a point before the decimals, "
                "without commas, blanks or a currency."
            )
        return Decimal(value)


class AmountWidget(NumberWidget):
    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return None if value is None else displayed(value)


class WholeNumberWidget(NumberWidget):
    """A whole number; the 10.0 of spreadsheets is one."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        number = super().clean(value)
        if number is None:
            return None
        if number != number.to_integral_value():
            raise ValueError(f"“{value}” is no whole number.")
        return int(number)


class YesNoWidget(TextWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return None
        word = value.lower()
        if word not in YES | NO:
            raise ValueError(f"“{value[:40]}” is neither true nor false.")
        return word in YES

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return None if value is None else str(value).lower()


class DayWidget(TextWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"“{value[:40]}” is no day such as 1990-01-31.") from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return None if value is None else value.isoformat()


class TimeWidget(TextWidget):
    """A moment, as the shop's clock shows it; it is only written."""

    def render(self, value: datetime | None, obj: Any = None, **kwargs: Any) -> Any:
        return None if value is None else timezone.localtime(value).isoformat(timespec="seconds")


class ChoiceWidget(TextWidget):
    """One of several words, or the letter that stands for it."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = dict(choices)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return None
        for key, label in self.choices.items():
            if value.lower() in (key.lower(), label.lower()):
                return key
        known = ", ".join(f"{label} ({key})" for key, label in self.choices.items())
        raise ValueError(f"“{value[:40]}” is none of {known}.")


class RelationWidget(TextWidget):
    """A row by its id or title, of those that were looked up for many cells at once."""

    def __init__(self, noun: str, text: str = "title", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.noun, self.text = noun, text

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return None
        found = kwargs.get("related", {}).get(value, [])
        if len(found) > 1:
            raise ValueError(f"More than one {self.noun} is called “{value[:40]}”; write its id.")
        if not found:
            raise ValueError(f"No {self.noun} has the id or {self.text} “{value[:40]}”.")
        return found[0]


class IdWidget(TextWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return id_in(value)


def id_in(text: str) -> int | None:
    """Return the id that a cell has, None where it is none; spreadsheets write 7 as 7.0."""
    number = text.removesuffix(".0")
    try:
        validate_integer(number)
    except Exception:
        return None
    return int(number) if len(number) <= 18 else None
