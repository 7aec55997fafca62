"""Addresses of the admin that make no sense: a message or a 4xx, never a server error."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.core.exceptions import FieldDoesNotExist, FieldError, PermissionDenied, ValidationError
from django.db import DataError, NotSupportedError, ProgrammingError
from django.db.models import Field, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

logger = logging.getLogger(__name__)

# What Python, Django and the databases raise of a value that no column can be compared with.
UNREADABLE = (
    *(ValueError, TypeError, LookupError, ArithmeticError),
    *(ValidationError, FieldError, DataError, NotSupportedError, ProgrammingError),
)
# They take a program, or two values, not the one value that an address has.
REFUSED_LOOKUPS = {"regex", "iregex", "range"}
# As the search of the API takes.
MAX_LENGTH = 255
MAX_VALUES = 100
TOO_LONG = f"Nothing is found by more than {MAX_LENGTH} characters."
NOT_FILTERED = "The list cannot be filtered like that; this is all of it."
NOT_SELECTED = "The selection cannot be read. Nothing was changed."


class SearchForm(ChangeListSearchForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[SEARCH_VAR] = forms.CharField(
            required=False, strip=False, max_length=MAX_LENGTH
        )


class AddressCheckingChangeList(ChangeList):
    """A list that takes what its address asks for, or says that it makes no sense."""

    def get_filters(self, request: HttpRequest) -> Any:
        filters = self.get_filters_params()
        values = [value for listed in filters.values() for value in listed]
        if (
            len(values) > MAX_VALUES
            or any(len(value) > MAX_LENGTH for value in values)
            or any(name.rpartition(LOOKUP_SEP)[2] in REFUSED_LOOKUPS for name in filters)
        ):
            raise IncorrectLookupParameters
        return super().get_filters(request)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        with self.reading_address():
            return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        with self.reading_address():
            super().get_results(request)
            if request.method != "POST":
                # Read here, not while the page is written, where it is too late to say so.
                len(self.result_list)

    @contextmanager
    def reading_address(self) -> Iterator[None]:
        """Blame the address for what goes wrong; without any in it, an error is the shop's own."""
        try:
            yield
        except UNREADABLE as error:
            if not self.params:
                raise
            logger.warning("A list of %s was asked for wrongly", self.opts.label, exc_info=error)
            raise IncorrectLookupParameters from error


@cache
def with_checks(changelist: type[ChangeList]) -> type[ChangeList]:
    if issubclass(changelist, AddressCheckingChangeList):
        return changelist
    return type(changelist.__name__, (AddressCheckingChangeList, changelist), {})


class AddressCheckingAdmin(ModelAdmin):
    """Reads what an address says of lists, rows and new rows; the site puts it before every admin."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        changelist: Any = super().get_changelist(request, **kwargs)
        return with_checks(changelist)

    def changelist_view(self, request: Any, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST" and not self.is_selection(request):
            self.message_user(request, NOT_SELECTED, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        if ERROR_FLAG in request.GET:
            if len(request.GET) > 1:
                # Django takes a bad filter beside its own flag for a broken database.
                request.GET = request.GET.copy()
                del request.GET[ERROR_FLAG]
            elif request.method == "GET":
                self.message_user(request, NOT_FILTERED, messages.WARNING)
        return super().changelist_view(request, extra_context)

    def is_selection(self, request: HttpRequest) -> bool:
        """Tell whether what a list sends can be keys of rows, be they there or not."""
        keys = request.POST.getlist(ACTION_CHECKBOX_NAME)
        keys += filter(None, self._get_edited_object_pks(request, "form"))
        across = request.POST.getlist("select_across")
        return {*across} <= {"", "0", "1"} and all(is_readable(self.opts.pk, key) for key in keys)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        if len(search_term) > MAX_LENGTH:
            self.message_user(request, TOO_LONG, messages.WARNING)
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        if "\0" in object_id:
            return None
        return super().get_object(request, object_id, from_field)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        left_out = []
        for name, value in super().get_changeform_initial_data(request).items():
            try:
                initial[name] = self.initial_value(name, value)
            except UNREADABLE:
                left_out.append(name)
        if left_out:
            names = ", ".join(sorted(name[:50] for name in left_out))
            message = f"Left out, as the address says nothing sensible of it: {names}."
            self.message_user(request, message, messages.WARNING)
        return initial

    def initial_value(self, name: str, value: Any) -> Any:
        """Return a value that a form can show, or raise one of UNREADABLE."""
        try:
            field: Any = self.opts.get_field(name)
        except FieldDoesNotExist:
            return value
        form_field = field.formfield() if isinstance(field, Field) and field.editable else None
        if form_field is None or value in form_field.empty_values:
            return value
        if not field.is_relation:
            cleaned = form_field.clean(value)
            # As the form does: in the time of here, some days are none.
            form_field.prepare_value(cleaned)
            return cleaned
        for key in value if isinstance(value, list) else [value]:
            field.target_field.clean(key, None)
        form_field.clean(value)
        # The form shows keys.
        return value


def is_readable(field: Any, value: str) -> bool:
    try:
        field.clean(value, None)
    except ValidationError:
        return False
    return True


class AddressCheckingAutocompleteView(AutocompleteJsonView):
    """Answers in JSON whatever is asked; what reads it shows that nothing could be loaded."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        search = SearchForm({SEARCH_VAR: request.GET.get("term", "")})
        if not search.is_valid():
            return JsonResponse({"term": search.errors[SEARCH_VAR]}, status=400)
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            return JsonResponse({"detail": "Not found."}, status=404)

    def process_request(self, request: HttpRequest) -> Any:
        view: Any = super()
        read = view.process_request(request)
        # A relation from the other side, of which no form chooses anything.
        if not hasattr(read[2], "get_limit_choices_to"):
            raise PermissionDenied
        return read
