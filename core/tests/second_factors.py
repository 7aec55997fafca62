"""An app for one-time codes, as a test holds it."""

from typing import Any

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.test import APIClient

from core.services.second_factors import begin_enrolment, confirm_enrolment

from .passwords import PASSWORD


def code_of(device: TOTPDevice, step: int = 0) -> str:
    """Return the code that the app shows so many steps from now."""
    totp = TOTP(device.bin_key, drift=step)
    return f"{totp.token():06}"


def set_up(user: Any) -> tuple[TOTPDevice, list[str]]:
    """Give a user a second factor; return it and the recovery codes."""
    device = begin_enrolment(user=user)
    codes = confirm_enrolment(user=user, code=code_of(device), session_id=None)
    # The code of now is still to be used.
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1, drift=0)
    device.refresh_from_db()
    return device, codes


def create(otp: Any = None, password: str = PASSWORD) -> Any:
    body = {"username": "ann", "password": password}
    return APIClient().post("/auth/jwt/create/", body if otp is None else {**body, "otp": otp})


def signed_in(otp: str | None = None) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"JWT {create(otp).json()['access']}")
    return client
