"""The admin's site: what every admin on it gets, those of libraries too."""

from functools import cache, wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.contenttypes.views import shortcut
from django.core.checks import CheckMessage, Error
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from ..errors.views import wants_page
from ..sequences import sequence_behind
from .actions import delete_selected, has_intermediate_page
from .addresses import UNREADABLE, AddressCheckingAdmin, AddressCheckingAutocompleteView
from .refusals import forbidden_page


class ShopAdminSite(admin.AdminSite):
    """Answers bad addresses and ids in use, and lets no action write unasked."""

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")
        replacement: Any = delete_selected
        self.add_action(replacement, "delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        checking = with_address_checks(admin_class or admin.ModelAdmin)
        super().register(model_or_iterable, checking, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Tell staff what to do where they may not go on, or the next id of a table is in use."""
        admin_view = super().admin_view(view, cacheable)

        @wraps(admin_view)
        def wrapped_view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return admin_view(request, *args, **kwargs)
            except IntegrityError as error:
                behind = sequence_behind(error)
                if behind is None or request.method != "POST":
                    raise
                messages.error(request, behind.detail)
                return HttpResponseRedirect(request.get_full_path())
            except PermissionDenied as refusal:
                if not (wants_page(request) and self.has_permission(request)):
                    raise
                return forbidden_page(self, request, refusal)

        return wrapped_view

    def get_urls(self) -> list[Any]:
        route = "r/<path:content_type_id>/<path:object_id>/"
        view = self.admin_view(view_on_site)
        return [path(route, view, name="view_on_site"), *super().get_urls()]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        view: Any = AddressCheckingAutocompleteView.as_view(admin_site=self)
        return view(request)

    def check(self, app_configs: Any) -> list[CheckMessage]:
        errors = super().check(app_configs)
        model_admin: Any
        for model_admin in self._registry.values():
            for action, name, _ in model_admin._get_base_actions():
                if not has_intermediate_page(action):
                    hint = "Decorate it with confirmed_action, or intermediate_page_action if it has a page."
                    message = f"The action '{name}' writes without asking first."
                    errors.append(Error(message, hint, type(model_admin), id="storefront.E001"))
        return errors


@cache
def with_address_checks(admin_class: type[admin.ModelAdmin]) -> type[admin.ModelAdmin]:
    if issubclass(admin_class, AddressCheckingAdmin):
        return admin_class
    bases = (AddressCheckingAdmin, admin_class)
    return type(admin_class.__name__, bases, {"__module__": admin_class.__module__})


def view_on_site(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
    try:
        return shortcut(request, content_type_id, object_id)
    except UNREADABLE as error:
        # Django knows of keys that are no numbers, of no others.
        raise Http404 from error
