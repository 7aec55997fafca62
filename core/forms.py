from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest

from storefront.errors.exceptions import WAITS
from storefront.limits.middleware import refuse_form

from .attempts import remember_network_refusal
from .exceptions import CodeNeeded, CodeRefused, SecondFactorExists
from .second_factors import BEGUN, is_offered, mark_browser
from .services.second_factors import (
    begin_enrolment,
    check_code,
    confirm_enrolment,
    remove_second_factor,
    verify_sign_in,
)
from .sessions import SESSION_ID


class RefusableForm(forms.Form):
    """Shows the form of a sign-in again where it has to wait."""

    request: Any

    def clean(self) -> Any:
        try:
            return super().clean()
        except WAITS as refusal:
            remember_network_refusal(self.request)
            raise forms.ValidationError(refuse_form(self.request, refusal)) from refusal


def code_field(**kwargs: Any) -> forms.CharField:
    """Make the field of a code, which browsers and password managers fill in."""
    attributes = {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
    return forms.CharField(max_length=40, widget=forms.TextInput(attributes), **kwargs)


class CodeForm(forms.Form):
    """Asks for the code of a second factor, from who has one."""

    otp = code_field(label="Code", required=False, help_text="If you have set up a second factor.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_offered():
            del self.fields["otp"]

    def confirm_login_allowed(self, user: Any) -> None:
        """Let in who sends the code that the account needs; the session that begins is told."""
        parent: Any = super()
        parent.confirm_login_allowed(user)
        try:
            user.has_sent_code = verify_sign_in(user=user, code=self.cleaned_data.get("otp", ""))
        except CodeNeeded as refusal:
            raise forms.ValidationError({"otp": refusal.message}) from refusal


class SignInForm(RefusableForm, CodeForm, AuthenticationForm):
    pass


class AdminSignInForm(RefusableForm, CodeForm, AdminAuthenticationForm):
    pass


class StepForm(forms.Form):
    """A step of the second factor's page, which is done once its form is right."""

    step: ClassVar[str]
    # What is shown once, and only right after it was made.
    recovery_codes: Sequence[str] = ()

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request = request
        self.user: Any = request.user
        self.session_id: int | None = request.session.get(SESSION_ID)

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.errors:
            try:
                self.act(**self.cleaned_data)
            except (CodeRefused, SecondFactorExists) as refusal:
                raise forms.ValidationError(refusal.message) from refusal
        return cleaned

    def act(self, *args: Any, **cleaned: Any) -> None:
        raise NotImplementedError

    def check_password(self, password: str) -> None:
        if not self.user.check_password(password):
            raise forms.ValidationError({"current_password": "This is not your password."})


def password_field() -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": "current-password"})
    return forms.CharField(label="Your password", strip=False, widget=widget)


class BeginForm(RefusableForm, StepForm):
    step = "begin"
    current_password = password_field()

    def act(self, current_password: str, **cleaned: Any) -> None:
        self.check_password(current_password)
        self.request.session[BEGUN] = begin_enrolment(user=self.user).pk


class ConfirmForm(RefusableForm, StepForm):
    step = "confirm"
    otp = code_field(label="Code that the app shows")

    def act(self, otp: str, **cleaned: Any) -> None:
        self.recovery_codes = confirm_enrolment(
            user=self.user, code=otp, session_id=self.session_id
        )
        mark_browser(self.request, is_verified=True)


class RemoveForm(RefusableForm, StepForm):
    step = "remove"
    current_password = password_field()
    otp = code_field(label="Code", help_text="Of the app, or a recovery code.")

    def act(self, current_password: str, otp: str, **cleaned: Any) -> None:
        self.check_password(current_password)
        if not check_code(user=self.user, code=otp):
            raise CodeRefused
        remove_second_factor(user=self.user, session_id=self.session_id)
        mark_browser(self.request, is_verified=False)
