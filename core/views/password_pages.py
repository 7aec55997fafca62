from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from ..links import RESET_PASSWORD, user_id_of
from ..models import User
from ..reset_forms import ForgottenPasswordForm, ResetPasswordForm

ASKED = "If somebody of the staff reads mail at this address, a link to a new password is on its way there."
CHANGED = "Your password is changed, and you are signed out everywhere. Sign in with the new one."


class PasswordPageView(FormView):
    title = ""
    extra_context: Any = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **admin.site.each_context(self.request), title=self.title, **kwargs
        )

    def leave(self, message: str) -> HttpResponse:
        messages.success(self.request, message)
        return redirect("admin:login")


@method_decorator(never_cache, "dispatch")
class ForgottenPasswordView(PasswordPageView):
    """Has a link mailed to staff who forgot their password; says the same whoever asks for whichever address."""

    title = "Forgotten password"
    template_name = "core/forgotten_password.html"
    form_class = ForgottenPasswordForm

    def form_valid(self, form: Any) -> HttpResponse:
        return self.leave(ASKED)


@method_decorator([never_cache, sensitive_post_parameters()], "dispatch")
class ResetPasswordView(PasswordPageView):
    """Sets a new password with the link of a mail; the second factor stays as it is."""

    title = "New password"
    template_name = "core/reset_password.html"
    form_class = ResetPasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # In the query, which no log shows.
        self.token = request.GET.get("token", "")
        # No account has the id 0, which stands for one that cannot be read.
        user_id = user_id_of(request.GET.get("uid", "")) or 0
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None or not RESET_PASSWORD.check_token(user, self.token):
            return self.refuse()
        self.user = user
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user, "token": self.token}

    def form_valid(self, form: Any) -> HttpResponse:
        return self.leave(CHANGED)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.refuse() if form.is_link_refused else super().form_invalid(form)

    def refuse(self) -> HttpResponse:
        context = {**admin.site.each_context(self.request), "title": "The link is too old"}
        return self.response_class(
            self.request, "core/reset_refused.html", context, status=400, using=self.template_engine
        )
