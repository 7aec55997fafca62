"""Sets of forms for rows that may go while somebody edits them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db import connections

from .forms import concurrent


class ConcurrentEditFormSet(forms.BaseModelFormSet):
    """Leaves out, and names, the rows that went since the forms were shown."""

    # Told of the name of each row that has gone.
    report_gone: Callable[[str], None]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        is_old = index is not None and index < self.initial_form_count()
        if self.is_bound and is_old and form.instance.pk is None:
            form.empty_permitted, form.changed_data = True, []
            name = self.model._meta.pk.name
            form.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)
            self.report_gone(name_of_gone(form, name))

    def is_multipart(self) -> bool:
        # Django asks the first form alone; one of a stored row may have no file to choose.
        forms_: list[Any] = [*self.forms, self.empty_form]
        return any(form.is_multipart() for form in forms_)

    def get_queryset(self) -> Any:
        if self.is_bound and not hasattr(self, "_queryset") and self.queryset is not None:
            self.queryset = locked(self.queryset)
        return super().get_queryset()


class EditedRowsFormSet(ConcurrentEditFormSet):
    """The rows of an editable list; only those that somebody edited are validated."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.empty_permitted = True
        # The rows were found by their keys in one query; the usual field would look up each again.
        form.fields[self.model._meta.pk.name] = forms.CharField(
            required=False, initial=str(form.instance.pk), widget=forms.HiddenInput
        )


def concurrent_formset(
    formset: type[Any], base: type[ConcurrentEditFormSet], report_gone: Callable[[str], None]
) -> type[Any]:
    """Return the class of a set of forms that several people may have open at once."""
    return type(
        formset.__name__,
        (base, formset),
        {"form": concurrent(formset.form), "report_gone": staticmethod(report_gone)},
    )


def locked(rows: Any) -> Any:
    """Lock what the forms are compared with until they are saved, in key order against deadlocks."""
    connection = connections[rows.db]
    if not connection.in_atomic_block:
        return rows
    of = ("self",) if connection.features.has_select_for_update_of else ()
    return rows.select_for_update(of=of).order_by("pk")


def name_of_gone(form: Any, key: str) -> str:
    """Name a row that is not there any more, as its form has shown it."""
    row = form._meta.model()
    for name in form.comparable:
        field = row._meta.get_field(name)
        if not field.many_to_many:
            value = form.shown(name) if form.was_sent(name) else form[name].data
            setattr(row, field.attname, value)
    kind = row._meta.verbose_name
    try:
        text = str(row)
    except ObjectDoesNotExist:
        text = ""
    number = form.data.get(form.add_prefix(key))
    return f"The {kind} “{text}”" if text.strip(" ,") else f"The {kind} {number}"
