from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm

from storefront.errors.exceptions import WAITS
from storefront.limits.middleware import refuse_form

from .attempts import remember_network_refusal


class RefusableForm(forms.Form):
    """Shows the form of a sign-in again where it has to wait."""

    request: Any

    def clean(self) -> Any:
        try:
            return super().clean()
        except WAITS as refusal:
            remember_network_refusal(self.request)
            raise forms.ValidationError(refuse_form(self.request, refusal)) from refusal


class SignInForm(RefusableForm, AuthenticationForm):
    pass


class AdminSignInForm(RefusableForm, AdminAuthenticationForm):
    pass
