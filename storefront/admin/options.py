"""The base of every admin and inline of the project."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import admin, messages
from django.db import DatabaseError, DataError, IntegrityError, connections, router
from django.db.models import Model
from django.forms import FileField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.module_loading import import_string

from ..character_sets import character_refused
from ..models import FormSubmission
from ..sequences import sequence_behind
from .forms import concurrent, refused
from .formsets import ConcurrentEditFormSet, EditedRowsFormSet, concurrent_formset, lock
from .submissions import TOKEN, digest_of, lock_user_row, new_token

logger = logging.getLogger(__name__)
retrying: Callable[[Callable[..., Any]], Callable[..., Any]] = import_string(
    settings.RETRYING_TRANSACTION
)


class ValueRefused(NamedTuple):
    """What the database refused as out of range or too long."""

    detail: str = (
        "The database refused a value that is out of range or too long; nothing was changed."
    )


class ChangedMeanwhile(NamedTuple):
    """What a constraint refused that the form had found to be right."""

    detail: str = (
        "Somebody else saved something at this moment that goes against this; nothing was changed."
    )


def refusal_of(error: DatabaseError) -> Any:
    """Return what tells people why the database refused something; raises the error where nothing does."""
    if refusal := character_refused(error) or sequence_behind(error):
        return refusal
    if isinstance(error, DataError):
        return ValueRefused()
    if isinstance(error, IntegrityError):
        return ChangedMeanwhile()
    raise error


def show_rows_of_forms(response: Any) -> Any:
    """Let a list that was refused show the rows that were sent, each beside its form."""
    changelist = (getattr(response, "context_data", None) or {}).get("cl")
    if changelist is not None and changelist.formset is not None and changelist.formset.is_bound:
        changelist.formset.drop_deleted()
        changelist.result_list = [form.instance for form in changelist.formset.forms]
    return response


def report_deleted(request: HttpRequest, row: str) -> None:
    """Say that a row was left out of a save."""
    messages.warning(request, f"{row} is no longer there; it was left out.")


def say_nothing(row: str) -> None:
    """Take no notice of a row that somebody could only look at."""


class ConcurrentEditInline(admin.options.InlineModelAdmin):
    """Rows on the page of another, which several people may have open at once."""

    def get_formset(self, request: Any, obj: Model | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        rights = [self.has_change_permission, self.has_delete_permission]
        is_theirs = any(has_permission(request, obj) for has_permission in rights)
        return concurrent_formset(
            formset,
            ConcurrentEditFormSet,
            partial(report_deleted, request) if is_theirs else say_nothing,
            is_repeated=getattr(request, "is_repeated", False),
        )


class ConcurrentEditAdmin(admin.ModelAdmin):
    """Forms that several people may have open at once, and that act once however often they are sent."""

    def get_form(
        self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[Any]:
        form = concurrent(super().get_form(request, obj, change=change, **kwargs))
        refusal = getattr(request, "database_refusal", None)
        return refused(form, refusal.detail) if refusal else form

    def get_changelist_formset(self, request: Any, **kwargs: Any) -> Any:
        formset = super().get_changelist_formset(request, **kwargs)
        return concurrent_formset(formset, EditedRowsFormSet, partial(report_deleted, request))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        row = super().get_object(request, object_id, from_field)
        using = router.db_for_write(self.model)
        if row is None or request.method != "POST" or not connections[using].in_atomic_block:
            return row
        # What the form is compared with must not change before it is saved.
        lock(self.model, using, [row.pk])
        return super().get_object(request, object_id, from_field)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        view = partial(super().changelist_view, request, extra_context)
        try:
            if request.method != "POST" or "_save" not in request.POST:
                return view()
            return show_rows_of_forms(retrying(view)())
        except DatabaseError as error:
            if request.method != "POST":
                raise
            messages.error(request, refusal_of(error).detail)
            logger.exception("The database refused what a list was to write")
            return HttpResponseRedirect(request.get_full_path())

    def changeform_view(
        self,
        request: Any,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Save a form once; show it again, as it was filled in, where the database refuses it."""
        view = partial(super().changeform_view, request, object_id, form_url, extra_context)
        if request.method != "POST":
            return view()
        try:
            return retrying(self.save_once)(request, view, is_new=object_id is None)
        except DatabaseError as error:
            request.database_refusal = refusal_of(error)
            logger.exception("The database refused a form")
            return retrying(view)()

    def save_once(self, request: Any, view: Callable[[], Any], *, is_new: bool) -> Any:
        """Save a form once: sent again, as by a double click, it adds nothing more."""
        if TOKEN not in request.POST:
            return view()
        using = router.db_for_write(self.model)
        # The second of two at once waits here until the first has ended. Not at the index of the digests:
        # where the first takes its row back, MariaDB has those who wait deadlock.
        lock_user_row(request.user, using)
        submissions = FormSubmission.objects.using(using)
        submission, is_first = submissions.get_or_create(digest=digest_of(request))
        if not is_first and is_new:
            return self.response_again(request, submission)
        # A change is compared again: somebody may have taken it back since.
        request.is_repeated = not is_first
        request.saved_row = None
        response = view()
        if is_first and request.saved_row is None:
            submission.delete()
        elif is_first:
            submission.object_id = str(request.saved_row.pk)
            submission.save()
        return response

    def response_again(self, request: Any, submission: FormSubmission) -> HttpResponse:
        """Answer a form whose row was added already."""
        row = self.get_object(request, submission.object_id)
        if row is not None:
            return self.response_add(request, row)
        messages.warning(request, "This form was saved already, and its row deleted since.")
        return HttpResponseRedirect(request.get_full_path())

    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        request.saved_row = obj
        return super().log_addition(request, obj, message)

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        request.saved_row = obj
        return super().log_change(request, obj, message)

    def render_change_form(
        self, request: Any, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        token = request.POST.get(TOKEN) or new_token()
        context |= {"submission_name": TOKEN, "submission": token}
        if request.method == "POST":
            for inline in context["inline_admin_formsets"]:
                inline.formset.drop_deleted()
            self.name_unsent_files(context)
            self.name_deleted_choices(request, context["adminform"].form)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        self.name_deleted_choices(request, form)
        super().save_related(request, form, formsets, change)

    def name_deleted_choices(self, request: HttpRequest, form: Any) -> None:
        for name, gone in form.deleted_choices.items():
            rows = f"{len(gone)} of the chosen {name.replace('_', ' ')}"
            messages.warning(request, f"{rows} went meanwhile; the rest was kept.")

    def name_unsent_files(self, context: dict[str, Any]) -> None:
        """Say at each file that it has to be chosen again: a browser sends none a second time by itself."""
        forms = [context["adminform"].form]
        for inline in context["inline_admin_formsets"]:
            forms += inline.formset.forms
        for form in forms:
            for name, field in form.fields.items():
                file = form.files.get(form.add_prefix(name)) if form.files else None
                if file and isinstance(field, FileField) and name not in form.errors:
                    form.add_error(name, f"Nothing was saved yet: choose “{file.name}” again.")
                    context["errors"].append(form.errors[name])
