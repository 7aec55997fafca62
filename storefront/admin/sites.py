"""The admin's site: what every admin on it gets, those of libraries too."""

from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.contenttypes.views import shortcut
from django.core.checks import CheckMessage, Error
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path

from ..errors.views import wants_page
from ..sequences import sequence_behind
from ..supplied import supplied
from . import searches
from .actions import delete_selected, has_intermediate_page, only_reads
from .addresses import UNREADABLE, AddressCheckingAdmin, AddressCheckingAutocompleteView
from .navigation import sections
from .refusals import forbidden_page
from .titles import TitledAdmin


class ShopAdminSite(admin.AdminSite):
    """Answers bad addresses and ids in use, and lets no action write unasked."""

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")
        replacement: Any = delete_selected
        self.add_action(replacement, "delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        of_the_shop = with_bases(admin_class or admin.ModelAdmin)
        super().register(model_or_iterable, of_the_shop, **options)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if not context["has_permission"]:
            return context
        return context | {
            "sections": sections(request, context["available_apps"]),
            "is_searchable": bool(searches.searched_admins(self, request)),
        }

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
        # Before those of Django: an app may supply the first page.
        pages = [page for urls in supplied(settings.ADMIN_PAGES) for page in urls(self)]
        return [
            path(route, view, name="view_on_site"),
            path("search/", self.admin_view(self.search_view), name="search"),
            *pages,
            *super().get_urls(),
        ]

    def search_view(self, request: HttpRequest) -> HttpResponse:
        asked, refusal, results = searches.search(self, request)
        context = {
            **self.each_context(request),
            "title": f"Search for “{asked}”" if asked else "Search",
            "asked": asked,
            "refusal": refusal,
            "results": results,
        }
        return TemplateResponse(request, "admin/search.html", context)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        view: Any = AddressCheckingAutocompleteView.as_view(admin_site=self)
        return view(request)

    def check(self, app_configs: Any) -> list[CheckMessage]:
        errors = super().check(app_configs)
        model_admin: Any
        for model_admin in self._registry.values():
            for action, name, _ in model_admin._get_base_actions():
                if not (has_intermediate_page(action) or only_reads(action)):
                    hint = (
                        "Decorate it with confirmed_action, with intermediate_page_action if it has a page, "
                        "or with reading_action if it writes nothing."
                    )
                    message = f"The action '{name}' writes without asking first."
                    errors.append(Error(message, hint, type(model_admin), id="storefront.E001"))
        return errors


@cache
def with_bases(admin_class: type[admin.ModelAdmin]) -> type[admin.ModelAdmin]:
    """Put what every admin has before one."""
    if issubclass(admin_class, AddressCheckingAdmin):
        return admin_class
    bases = (AddressCheckingAdmin, TitledAdmin, admin_class)
    return type(admin_class.__name__, bases, {"__module__": admin_class.__module__})


def view_on_site(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
    try:
        return shortcut(request, content_type_id, object_id)
    except UNREADABLE as error:
        # Django knows of keys that are no numbers, of no others.
        raise Http404 from error
