"""Forms that several people may have open at once for the same row."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from .labels import label_parts
from .values import as_typed, fields_of, is_key, lines_of, stored_value, text_of


class HiddenListInput(forms.HiddenInput):
    """Many keys in one input, which is there for none of them, too."""

    def format_value(self, value: Any) -> str:
        return ",".join(map(str, value or ()))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [key for key in (data.get(name) or "").split(",") if key]


class InitialValueBoundField(BoundField):
    """Renders beside a field the value that the form has shown for it, for the next save to compare with."""

    form: "ConcurrentEditForm"

    def value(self) -> Any:
        if self.form.is_bound and self.form.is_untouched(self.name):
            return self.field.prepare_value(self.initial)
        value = super().value()
        if not (self.form.is_bound and isinstance(self.field, forms.ModelChoiceField)):
            return value
        # The boxes that complete look up what was sent, whatever it is.
        if isinstance(value, list | tuple):
            return [key for key in value if is_key(self.field, key)]
        return value if is_key(self.field, value) else None

    def as_widget(
        self, widget: Any = None, attrs: Any = None, only_initial: bool = False
    ) -> SafeString:
        if not only_initial:
            return super().as_widget(widget, attrs)
        # Django's own loses what was sent of a value in two inputs, such as a date and a time.
        hidden = self.field.hidden_widget()
        value = self.form.value_to_show(self.name)
        return hidden.render(
            self.html_initial_name, value, {"id": self.html_initial_id}, self.form.renderer
        )


# Without the stubs of Django, which know nothing of the steps of a validation.
ModelForm: Any = forms.ModelForm


class ConcurrentEditForm(ModelForm):
    """Writes what its person changed, and refuses what somebody else changed since the form was shown.

    The shown value of each field travels with the form. Fields that nobody edited are neither judged nor
    written; a choice of many rows is merged. A refusal names both values, and the next save decides.
    """

    bound_field_class = InitialValueBoundField
    fields: dict[str, Any]
    data: Any
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: set[str] = set()
        # Choices that went since the form was shown, by field.
        self.deleted_choices: dict[str, set[str]] = {}
        label_parts(self)
        if self.is_stored:
            for name in self.comparable:
                field = self.fields[name]
                field.show_hidden_initial = True
                if isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
                    # As an attribute of the field, as the class is where Django looks for it.
                    field.hidden_widget = HiddenListInput

    @property
    def is_stored(self) -> bool:
        return not self.instance._state.adding

    @cached_property
    def comparable(self) -> list[str]:
        """The fields of the form that show a value of the row; without the keys that a set of forms adds."""
        names = {field.name for field in fields_of(self.instance)}
        return [
            name
            for name, field in self.fields.items()
            if name in names and not field.disabled and not isinstance(field, forms.FileField)
        ]

    def was_sent(self, name: str) -> bool:
        """Tell whether what was shown of a field came back with the form; a program may leave it out."""
        bound, hidden = self[name], self.fields[name].hidden_widget()
        return self.is_bound and not hidden.value_omitted_from_data(
            self.data, self.files, bound.html_initial_name
        )

    def shown(self, name: str) -> Any:
        """Return the raw value that the form has shown for a field."""
        hidden = self.fields[name].hidden_widget()
        return hidden.value_from_datadict(self.data, self.files, self[name].html_initial_name)

    def value_to_show(self, name: str) -> Any:
        """Return what the hidden input of a field holds in the page that follows."""
        is_open = name in self.changed_data and name not in self.conflicts
        if is_open and self.was_sent(name):
            return self.shown(name)
        # Whoever saves again has seen this.
        return self.fields[name].prepare_value(self[name].initial)

    def is_untouched(self, name: str) -> bool:
        """Tell whether a field shows a value of the row that its person has left as it is."""
        return self.is_stored and name in self.comparable and name not in self.changed_data

    @cached_property
    def changed_data(self) -> list[str]:
        """The fields that this person has edited to something that is not stored already."""
        return [name for name in self.fields if self._is_edited(name)]

    def _is_edited(self, name: str) -> bool:
        field, bound = self.fields[name], self[name]
        if not field.has_changed(bound.initial, bound.data):
            return False
        if not field.show_hidden_initial or not self.was_sent(name):
            return True
        shown = self.shown(name)
        if as_typed(field, shown) == as_typed(field, bound.data):
            return False
        # A text is edited where blanks around it are taken off, too, which to_python() does.
        if not isinstance(field, forms.ModelChoiceField | forms.CharField):
            try:
                shown = field.to_python(shown)
            except ValidationError:
                return True
        return field.has_changed(shown, bound.data)

    def is_stale(self, name: str) -> bool:
        """Tell whether somebody else has changed a field since the form was shown."""
        if not self.was_sent(name):
            return False
        field, initial, shown = self.fields[name], self[name].initial, self.shown(name)
        stored = field.prepare_value(initial)
        if lines_of(shown) == lines_of("" if stored is None else stored):
            return False
        return field.has_changed(initial, shown)

    def _clean_fields(self) -> None:
        self._drop_deleted_choices()
        if not self.is_stored:
            return super()._clean_fields()
        untouched = [name for name in self.fields if self.is_untouched(name)]
        every_field = self.fields
        self.fields = {n: field for n, field in every_field.items() if n not in untouched}
        super()._clean_fields()
        self.fields = every_field
        for name in untouched:
            self.cleaned_data[name] = stored_value(self.instance, name, self[name].initial)
        for name in self.comparable:
            if name in self.changed_data and name in self.cleaned_data and self.is_stale(name):
                self._merge_or_refuse(name)
        return None

    def _merge_or_refuse(self, name: str) -> None:
        """Merge, or refuse, an edit of what somebody else has changed too."""
        field = self.fields[name]
        if isinstance(field, forms.ModelMultipleChoiceField):
            rows: Any = field.queryset
            current = {str(row.pk) for row in self[name].initial}
            chosen = {str(row.pk) for row in self.cleaned_data[name]}
            shown = set(self.shown(name))
            merged = (current | (chosen - shown)) - (shown - chosen)
            self.cleaned_data[name] = rows.filter(pk__in=merged)
            return
        theirs = stored_value(self.instance, name, self[name].initial)
        ours = self.cleaned_data[name]
        self.conflicts.add(name)
        self.add_error(
            name,
            f"Somebody else changed this to “{text_of(field, theirs)}” while you were editing; you "
            f"wrote “{text_of(field, ours)}”. Save again to keep yours, or write what it shall be.",
        )

    def _drop_deleted_choices(self) -> None:
        """Leave out, of a choice of many rows, those that are no longer there."""
        for name, field in self.fields.items():
            bound = self[name]
            if not isinstance(field, forms.ModelMultipleChoiceField) or not bound.data:
                continue
            rows: Any = field.queryset
            keys = [key for key in bound.data if is_key(field, key)]
            there = rows.filter(pk__in=keys).values_list("pk", flat=True)
            if gone := set(bound.data) - {str(key) for key in there}:
                self.data = self.data.copy()
                self.data.setlist(bound.html_name, [key for key in bound.data if key not in gone])
                self.deleted_choices[name] = gone

    @contextmanager
    def _edits_only(self) -> Iterator[None]:
        """Let Django see, of a stored row, only what is to be written."""
        every_value = self.cleaned_data
        self.cleaned_data = {n: v for n, v in every_value.items() if not self.is_untouched(n)}
        try:
            yield
        finally:
            self.cleaned_data = every_value

    def _post_clean(self) -> None:
        with self._edits_only():
            super()._post_clean()

    def _save_m2m(self) -> None:
        with self._edits_only():
            super()._save_m2m()

    def _update_errors(self, errors: Any) -> None:
        """Leave out what is wrong with a stored value that nobody has touched."""
        if hasattr(errors, "error_dict"):
            found = {n: e for n, e in errors.error_dict.items() if not self.is_untouched(n)}
            if not found:
                return
            errors = ValidationError(found)
        super()._update_errors(errors)


def concurrent(form: type[Any]) -> type[Any]:
    """Return the class of a form that several people may have open at once."""
    if issubclass(form, ConcurrentEditForm):
        return form
    metaclass: Any = type(form)
    concurrent_form: type[Any] = metaclass(form.__name__, (ConcurrentEditForm, form), {})
    return concurrent_form


def refused(form: type[Any], text: str) -> type[Any]:
    """Return the class of a form that is refused, whatever was filled in."""

    class RefusedForm(form):
        def _post_clean(self) -> None:
            super()._post_clean()
            self.add_error(None, text)

    return RefusedForm
