from base64 import b32encode
from typing import Any

import segno
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from ..forms import BeginForm, ConfirmForm, RemoveForm, StepForm
from ..second_factors import BEGUN, REQUIRED, is_offered
from ..services.second_factors import begun_enrolment, has_second_factor, recovery_codes_left

STEPS: dict[str, type[StepForm]] = {
    form.step: form for form in (BeginForm, ConfirmForm, RemoveForm)
}
# Pixels of the smallest square of the QR code; a phone reads it from a screen at arm's length.
SCALE = 4


@method_decorator(never_cache, "dispatch")
class SecondFactorPageView(TemplateView):
    """Where staff set up a second factor; who needs one and has none comes no further into the admin."""

    template_name = "core/second_factor.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not is_offered():
            raise Http404
        if not (request.user.is_active and request.user.is_staff):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        step = STEPS.get(request.POST.get("step", ""))
        if step is None:
            raise BadRequest("There is no such step.")
        form = step(request, request.POST)
        if form.is_valid() and not form.recovery_codes:
            return redirect("second-factor")
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, form: StepForm | None = None, **kwargs: Any) -> dict[str, Any]:
        user_id = self.request.user.pk
        steps = {name: step(self.request) for name, step in STEPS.items()}
        if form is not None:
            steps[form.step] = form
        return super().get_context_data(
            **admin.site.each_context(self.request),
            **steps,
            form=form,
            title="Second factor",
            is_set_up=has_second_factor(user_id),
            is_required=settings.STAFF_SECOND_FACTOR == REQUIRED,
            recovery_codes=form.recovery_codes if form else (),
            codes_left=recovery_codes_left(user_id),
            **self.enrolment(),
        )

    def enrolment(self) -> dict[str, Any]:
        """Return the secret of an app that is being set up, to the browser where the password was typed."""
        device = begun_enrolment(self.request.user.pk)
        if device is None or device.pk != self.request.session.get(BEGUN):
            return {}
        picture = segno.make(device.config_url, micro=False).svg_data_uri(scale=SCALE)
        secret = b32encode(device.bin_key).decode()
        groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
        return {"picture": picture, "secret": " ".join(groups)}
