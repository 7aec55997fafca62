"""Names of inputs whose label stands elsewhere, at the head of a table, for who does not see the table."""

from typing import Any

from django.forms import BaseForm, MultiWidget
from django.utils.functional import lazy
from django.utils.text import capfirst, format_lazy

PARTS = ("date", "time")


def label_parts(form: Any) -> None:
    """Name each of the two inputs that share the label of a date and time."""
    for name, field in form.fields.items():
        if isinstance(field.widget, MultiWidget):
            name_inputs(field.widget, label_of(form, name))


def label_row(form: Any) -> None:
    """Name the inputs of a row by their column and the row."""
    for name, field in form.fields.items():
        if not field.widget.is_hidden:
            # Once it is shown: a row that is only validated need not be named.
            name_inputs(field.widget, name_in_row(form, label_of(form, name)))


def name_inputs(widget: Any, name: str) -> None:
    if isinstance(widget, MultiWidget):
        for part, each in zip(PARTS, widget.widgets, strict=False):
            each.attrs["aria-label"] = format_lazy("{}, {}", name, part)
    else:
        # Of a relation, the box within its links.
        getattr(widget, "widget", widget).attrs["aria-label"] = name


def label_of(form: BaseForm, name: str) -> str:
    return capfirst(str(form[name].label))


def text_of_row(form: Any, label: str) -> str:
    row = form.instance
    if row._state.adding:
        return f"{label} of a new {row._meta.verbose_name}"
    return f"{label} of {row}"


name_in_row: Any = lazy(text_of_row, str)
