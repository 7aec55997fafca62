from typing import Any

from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from storefront.admin.sites import ShopAdminSite


class StaffAdminSite(ShopAdminSite):
    """The admin for staff who have shown what STAFF_SECOND_FACTOR asks of them.

    Django makes it before there are models, which the rules need: their modules are imported when they are asked.
    """

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register a model; one whose changes are recorded shows them."""
        from django.contrib.admin import ModelAdmin

        from history.admin import HistoryMixin
        from history.recording import RecordedModel

        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        for model in models:
            shown = admin_class or ModelAdmin
            if issubclass(model, RecordedModel) and not issubclass(shown, HistoryMixin):
                shown = type(
                    shown.__name__, (shown, HistoryMixin), {"__module__": shown.__module__}
                )
            super().register(model, shown, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request):
            return False
        # Who may not go on may leave.
        is_leaving = request.path == reverse("admin:logout", current_app=self.name)
        return is_leaving or not self.lacks_code(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from ..second_factors import is_offered

        return super().each_context(request) | {"offers_second_factor": is_offered()}

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the form of the sign-in, or lead staff without a second factor to the page that sets one up."""
        if request.method == "GET" and self.must_enrol(request):
            return redirect("second-factor")
        return super().login(request, extra_context)

    def must_enrol(self, request: HttpRequest) -> bool:
        from ..services.second_factors import has_second_factor

        is_staff = super().has_permission(request)
        return is_staff and self.lacks_code(request) and not has_second_factor(request.user.pk)

    def lacks_code(self, request: HttpRequest) -> bool:
        from ..second_factors import browser_is_verified, lacks_second_factor

        return lacks_second_factor(request.user, is_verified=browser_is_verified(request))
