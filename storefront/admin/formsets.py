"""Sets of forms for rows that may go while somebody edits them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connections
from django.db.models import Model
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.functional import cached_property

from .forms import concurrent
from .labels import label_row


class ConcurrentEditFormSet(forms.BaseModelFormSet):
    """Leaves out, and names, the rows that went since the forms were shown."""

    # Told of the name of each row that has gone.
    report_deleted: Callable[[str], None]
    # Set for a form that was saved already: what it adds is there.
    is_repeated = False
    dropped = 0

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        is_old = index is not None and index < self.initial_form_count()
        form.is_deleted = self.is_bound and is_old and form.instance.pk is None
        if form.is_deleted:
            self.ignore_form(form)
        elif self.is_repeated and not is_old:
            form.empty_permitted, form.changed_data = True, []
        label_row(form)

    def ignore_form(self, form: Any) -> None:
        """Ignore what was sent for a row that is no longer there."""
        form.empty_permitted, form.changed_data = True, []
        key = self.model._meta.pk.name
        form.fields[key] = forms.CharField(required=False, widget=forms.HiddenInput)
        if form.add_prefix(key) in form.data and not self.is_repeated:
            self.report_deleted(name_of(shown_row(form), form.data[form.add_prefix(key)]))

    @cached_property
    def forms(self) -> list[Any]:
        built: list[Any] = super().forms
        if self.is_bound:
            # The admin lays the rows beside the forms one by one, whatever came or went meanwhile.
            self._queryset = [form.instance for form in built[: self.initial_form_count()]]
        return built

    def initial_form_count(self) -> int:
        return super().initial_form_count() - self.dropped

    def drop_deleted(self) -> None:
        """Show no form of a row that is no longer there, once all was judged."""
        old = self.initial_forms
        kept = [form for form in old if not form.is_deleted]
        self.forms = [*kept, *self.extra_forms]
        self._queryset = [form.instance for form in kept]
        self.dropped = len(old) - len(kept)

    def clean(self) -> None:
        super().clean()
        for form in self.initial_forms:
            is_deletion = not form.is_deleted and form.cleaned_data.get(DELETION_FIELD_NAME)
            if is_deletion and any(form.is_stale(name) for name in form.comparable):
                raise ValidationError(
                    f"Somebody else changed “{form.instance}” while you were editing. "
                    "Save again to delete it all the same."
                )

    def is_multipart(self) -> bool:
        # Django asks the first form alone; one of a stored row may have no file to choose.
        forms_: list[Any] = [*self.forms, self.empty_form]
        return any(form.is_multipart() for form in forms_)

    def get_queryset(self) -> Any:
        if self.is_bound and not hasattr(self, "_queryset") and self.queryset is not None:
            lock(self.model, self.queryset.db, [*self.queryset.values_list("pk", flat=True)])
        return super().get_queryset()


class EditedRowsFormSet(ConcurrentEditFormSet):
    """The rows of an editable list; only those that somebody edited are validated."""

    def total_form_count(self) -> int:
        # A list adds no rows, whatever number is sent.
        return min(super().total_form_count(), self.initial_form_count())

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.empty_permitted = True
        # The rows were found by their keys in one query; the usual field would look up each again.
        form.fields[self.model._meta.pk.name] = forms.CharField(
            required=False, initial=str(form.instance.pk), widget=forms.HiddenInput
        )


def concurrent_formset(
    formset: type[Any],
    base: type[ConcurrentEditFormSet],
    report_deleted: Callable[[str], None],
    *,
    is_repeated: bool = False,
) -> type[Any]:
    """Return the class of a set of forms that several people may have open at once."""
    attributes = {
        "form": concurrent(formset.form),
        "report_deleted": staticmethod(report_deleted),
        "is_repeated": is_repeated,
    }
    return type(formset.__name__, (base, formset), attributes)


def lock(model: type[Model], using: str, keys: list[Any]) -> None:
    """Lock what forms are compared with until they are saved, in key order against deadlocks."""
    # By themselves: a lock of a query with joins holds the rows of other tables, too, on MariaDB.
    rows = model._base_manager.using(using).filter(pk__in=keys).order_by("pk")
    if keys and connections[using].in_atomic_block:
        list(rows.select_for_update().values_list("pk"))


def shown_row(form: Any) -> Model:
    """Return a row with what its form has shown of it."""
    row: Model = form._meta.model()
    for name in form.comparable:
        field: Any = row._meta.get_field(name)
        if not field.many_to_many:
            value = form.shown(name) if form.was_sent(name) else form[name].data
            setattr(row, field.attname, value)
    return row


def name_of(row: Model, key: str) -> str:
    """Name a row that is not there any more: by what was shown, or as the log knows it."""
    kind = row._meta.verbose_name
    try:
        text = str(row)
    except ObjectDoesNotExist:
        text = ""
    if not text.strip(" ,") or "None" in text:
        content_type = ContentType.objects.get_for_model(row)
        deleted = LogEntry.objects.filter(
            content_type=content_type, object_id=key, action_flag=DELETION
        )
        text = deleted.values_list("object_repr", flat=True).first() or ""
    return f"The {kind} “{text}”" if text else f"The {kind} {key}"
