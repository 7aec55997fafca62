"""The forms by which staff get a new password without the one before."""

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.core.validators import MaxLengthValidator
from django.urls import reverse
from rest_framework.exceptions import Throttled

from storefront.paths.addresses import shop_address

from .attempts import refuse_network
from .exceptions import LinkRefused
from .forms import RefusableForm
from .mails import STAFF_PASSWORD_RESET
from .models import User
from .serializers.fields import MAX_PASSWORD
from .services.credentials import mail_link, reset_password
from .throttles import MAX_ADDRESS, mail_wait


class CountedForm(forms.Form):
    """Acts once it is right; counts before, as a guesser of addresses or links would send it."""

    request: Any

    def clean(self) -> Any:
        refuse_network(self.request)
        cleaned = super().clean()
        if not self.errors:
            self.act()
        return cleaned

    def act(self) -> None:
        raise NotImplementedError


class ForgottenPasswordForm(RefusableForm, CountedForm):
    email = forms.EmailField(
        label="E-mail address",
        max_length=MAX_ADDRESS,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def act(self) -> None:
        """Mail a link to the staff who read this address; the number of mails is that of the API."""
        email = self.cleaned_data["email"]
        if wait := mail_wait(self.request, action="reset_password", address=email):
            raise Throttled(wait)
        mail = replace(STAFF_PASSWORD_RESET, address=address_of_page(self.request))
        mail_link(email=email, mail=mail)


class ResetPasswordForm(RefusableForm, CountedForm, SetPasswordForm):
    is_link_refused = False

    def __init__(self, user: User, *args: Any, request: Any, token: str, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request, self.token = request, token
        for field in self.fields.values():
            field.validators.append(MaxLengthValidator(MAX_PASSWORD))

    def act(self) -> None:
        password = self.cleaned_data["new_password1"]
        try:
            reset_password(user=self.user, token=self.token, password=password)
        except LinkRefused as refusal:
            self.is_link_refused = True
            raise forms.ValidationError(refusal.message) from refusal


def address_of_page(request: Any) -> str:
    """Return where the link leads; nothing, which is the page of the front-end, where only the request could tell.

    The Host of a request may be somebody else's, to whom the link would go.
    """
    if not (settings.SHOP_URL or settings.DEBUG):
        return ""
    return shop_address(reverse("admin_password_reset_confirm"), request)
