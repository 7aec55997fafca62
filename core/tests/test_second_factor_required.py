"""Where STAFF_SECOND_FACTOR asks for one, staff without one reach its enrolment alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from .passwords import PASSWORD
from .second_factors import code_of, create, set_up, signed_in

ME = "/auth/users/me/"
OWN = "/auth/users/me/second_factor/"
CONFIRM = f"{OWN}confirm/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_moment", "required")]


def test_without_one_staff_reach_its_enrolment_alone(ann: Any) -> None:
    client = signed_in()
    for url in (ME, "/store/products/", "/store/customers/"):
        response = client.get(url)
        assert response.status_code == 403
        assert response.json()["code"] == "second_factor_needed"
    assert client.get(OWN).json()["is_required"]
    client.post(OWN, {"current_password": PASSWORD})
    assert client.get(ME).status_code == 403
    client.post(CONFIRM, {"otp": code_of(TOTPDevice.objects.get())})
    assert client.get("/store/customers/").status_code == 200


def test_tokens_of_before_reach_nothing_else(ann: Any, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = "optional"
    client, device = signed_in(), set_up(ann)[0]
    other = APIClient()
    other.credentials(HTTP_AUTHORIZATION=f"JWT {AccessToken.for_user(ann)}")
    settings.STAFF_SECOND_FACTOR = "required"
    assert client.get(ME).status_code == 401
    assert other.get(ME).status_code == 403
    # The session stays what it was: only a sign-in with a code reaches more.
    assert other.post(OWN, {"current_password": PASSWORD}).status_code == 409
    assert signed_in(code_of(device)).get(ME).status_code == 200


def test_a_refreshed_token_is_as_good(device: TOTPDevice) -> None:
    tokens = create(code_of(device)).json()
    body = {"refresh": tokens["refresh"]}
    access = APIClient().post("/auth/jwt/refresh/", body).json()["access"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"JWT {access}")
    assert client.get(ME).status_code == 200


def test_removed_it_is_needed_again(device: TOTPDevice) -> None:
    client = signed_in(code_of(device))
    body = {"current_password": PASSWORD, "otp": code_of(device, 1)}
    assert client.delete(OWN, body).status_code == 204
    assert client.get(ME).status_code == 403
    assert client.get(OWN).status_code == 200


def test_customers_need_none(register: Callable) -> None:
    register("ann")
    assert signed_in().get(ME).status_code == 200


def test_may_sign_out(ann: Any) -> None:
    assert signed_in().post("/auth/jwt/logout_all/").status_code == 204
