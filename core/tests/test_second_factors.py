"""A second factor of staff: codes of an app, and recovery codes."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.test import APIClient

from core.models import UserSession
from core.services.second_factors import TRIES

from .passwords import PASSWORD
from .second_factors import code_of, create, set_up, signed_in

ME = "/auth/users/me/"
OWN = "/auth/users/me/second_factor/"
CONFIRM = f"{OWN}confirm/"
NEEDED = {"detail": "The code of your second factor is needed as well.", "code": "otp_required"}
WRONG = "The code is wrong or was used already; wait for the next one."
REFUSED = {"otp": [WRONG], "code": "code_refused"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_moment")]


class TestSignIn:
    def test_needs_the_code(self, device: TOTPDevice) -> None:
        for nothing in (None, ""):
            response = create(nothing)
            assert (response.status_code, response.json()) == (401, NEEDED)
        assert not UserSession.objects.exists()

    def test_refuses_a_wrong_code(self, device: TOTPDevice) -> None:
        for wrong in ("000000", "abcdef", "१२३४५६", "-1", "a" * 40, "\x00"):
            response = create(wrong)
            assert response.status_code in (400, 401)
        assert create("000000").json() == {"detail": WRONG, "code": "otp_required"}
        assert create("1" * 41).status_code == 400

    def test_refuses_a_lone_surrogate(self, device: TOTPDevice) -> None:
        body = f'{{"username": "ann", "password": "{PASSWORD}", "otp": "\\ud800"}}'
        response = APIClient().post("/auth/jwt/create/", body, content_type="application/json")
        assert response.status_code in (400, 401)

    def test_says_nothing_of_it_to_who_has_no_password(self, device: TOTPDevice) -> None:
        response = create(code_of(device), "wrong")
        assert response.json()["detail"] == "No active account found with the given credentials"
        assert create(code_of(device)).status_code == 200

    def test_takes_a_code_once(self, device: TOTPDevice) -> None:
        code = code_of(device)
        assert create(f"{code[:3]} {code[3:]}").status_code == 200
        assert create(code).status_code == 401
        assert create(code_of(device, 1)).status_code == 200

    def test_allows_a_clock_one_step_off_and_no_more(self, device: TOTPDevice) -> None:
        assert create(code_of(device, 2)).status_code == 401
        TOTPDevice.objects.update(last_t=-1)
        assert create(code_of(device, -2)).status_code == 401
        assert create(code_of(device, -1)).status_code == 200

    def test_follows_a_clock_that_drifts(self, device: TOTPDevice) -> None:
        assert create(code_of(device, 1)).status_code == 200
        TOTPDevice.objects.update(last_t=-1)
        assert create(code_of(device, 2)).status_code == 200

    def test_takes_a_recovery_code_once(self, ann: Any) -> None:
        _, codes = set_up(ann)
        assert len(codes) == 10
        assert create(codes[3].upper()).status_code == 200
        assert create(codes[3]).status_code == 401
        assert create(codes[4].replace("-", "")).status_code == 200

    def test_knows_recovery_codes_of_a_key_of_before(self, ann: Any, settings: Any) -> None:
        _, codes = set_up(ann)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-key" * 5
        assert create(codes[0]).status_code == 200

    def test_stores_no_recovery_code(self, ann: Any) -> None:
        _, codes = set_up(ann)
        stored = {*StaticToken.objects.values_list("token", flat=True)}
        assert stored.isdisjoint({code.replace("-", "") for code in codes})

    def test_waits_after_many_wrong_codes(self, device: TOTPDevice) -> None:
        assert [create("000000").status_code for _ in range(TRIES)] == [401] * TRIES
        response = create(code_of(device))
        assert response.status_code == 429
        assert 0 < int(response["Retry-After"]) <= 600

    def test_without_a_second_factor_passes_over_the_code(self, ann: Any) -> None:
        assert create("000000").status_code == 200

    def test_switched_off_passes_over_the_second_factor(
        self, device: TOTPDevice, settings: Any
    ) -> None:
        settings.STAFF_SECOND_FACTOR = "off"
        assert create().status_code == 200
        assert signed_in().get(OWN).status_code == 404


class TestEnrolment:
    def test_is_for_staff(self, register: Callable, api_client: APIClient) -> None:
        register("ann")
        for client, status in ((api_client, 401), (signed_in(), 403)):
            assert client.get(OWN).status_code == status
            assert client.post(OWN, {"current_password": PASSWORD}).status_code == status
            assert client.post(CONFIRM, {"otp": "000000"}).status_code == status
            assert client.delete(OWN).status_code == status
        assert not TOTPDevice.objects.exists()

    def test_needs_the_password(self, ann: Any) -> None:
        client = signed_in()
        assert client.post(OWN).json() == {"current_password": ["This field is required."]}
        assert client.post(OWN, {"current_password": "wrong"}).status_code == 400
        assert not TOTPDevice.objects.exists()

    def test_goes_from_secret_to_recovery_codes(self, ann: Any) -> None:
        client, other = signed_in(), signed_in()
        begun = client.post(OWN, {"current_password": PASSWORD})
        device = TOTPDevice.objects.get()
        assert begun.status_code == 201
        assert begun.json()["otpauth_url"] == device.config_url
        assert begun.json()["secret"] in device.config_url
        assert client.get(OWN).json() == {
            "is_set_up": False,
            "is_required": False,
            "recovery_codes_left": 0,
        }
        response = client.post(CONFIRM, {"otp": code_of(device)})
        assert response.status_code == 200
        assert len({*response.json()["recovery_codes"]}) == 10
        assert client.get(OWN).json() == {
            "is_set_up": True,
            "is_required": False,
            "recovery_codes_left": 10,
        }
        assert (client.get(ME).status_code, other.get(ME).status_code) == (200, 401)

    def test_is_not_in_force_before_a_right_code(self, ann: Any) -> None:
        client = signed_in()
        assert client.post(CONFIRM, {"otp": "000000"}).json() == REFUSED
        client.post(OWN, {"current_password": PASSWORD})
        assert client.post(CONFIRM, {"otp": "000000"}).json() == REFUSED
        assert create().status_code == 200
        assert not StaticToken.objects.exists()

    def test_waits_for_its_code_a_quarter_of_an_hour(self, ann: Any) -> None:
        client = signed_in()
        client.post(OWN, {"current_password": PASSWORD})
        TOTPDevice.objects.update(created_at=timezone.now() - timedelta(minutes=16))
        device = TOTPDevice.objects.get()
        assert client.post(CONFIRM, {"otp": code_of(device)}).json() == REFUSED

    def test_refuses_a_second_one(self, device: TOTPDevice) -> None:
        response = signed_in(code_of(device)).post(OWN, {"current_password": PASSWORD})
        assert response.status_code == 409
        assert response.json()["code"] == "second_factor_exists"
        assert TOTPDevice.objects.get() == device

    def test_begun_again_takes_another_secret(self, ann: Any) -> None:
        client = signed_in()
        secrets = {
            client.post(OWN, {"current_password": PASSWORD}).json()["secret"] for _ in range(2)
        }
        assert len(secrets) == 2
        assert TOTPDevice.objects.count() == 1

    def test_makes_nothing_of_a_sign_in_that_comes_meanwhile(
        self, ann: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = signed_in()

        def end_sessions(**sessions: Any) -> None:
            # As another transaction does, in which there is no second factor yet.
            UserSession.objects.create(user=ann, auth_hash=ann.get_session_auth_hash())

        monkeypatch.setattr("core.services.second_factors.end_sessions", end_sessions)
        client.post(OWN, {"current_password": PASSWORD})
        client.post(CONFIRM, {"otp": code_of(TOTPDevice.objects.get())})
        sessions = UserSession.objects.order_by("pk")
        assert [session.is_verified for session in sessions] == [True, False]


def test_the_security_log_tells_of_it(ann: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "storefront.security")
    device, _ = set_up(ann)
    create("000000")
    client = signed_in(code_of(device))
    client.delete(OWN, {"current_password": PASSWORD, "otp": code_of(device, 1)})
    events = [
        record.getMessage().split()[0]
        for record in caplog.records
        if record.name == "storefront.security"
    ]
    assert events == [
        "second_factor_added",
        "second_factor_failed",
        "sign_in_succeeded",
        "second_factor_removed",
    ]


class TestRemoval:
    def test_needs_password_and_code(self, device: TOTPDevice) -> None:
        client = signed_in(code_of(device))
        for body in (
            {},
            {"current_password": PASSWORD},
            {"otp": code_of(device, 1)},
            {"current_password": PASSWORD, "otp": code_of(device)},
            {"current_password": "wrong", "otp": code_of(device, 1)},
        ):
            assert client.delete(OWN, body).status_code == 400
        assert create().status_code == 401
        body = {"current_password": PASSWORD, "otp": code_of(device, 1)}
        assert client.delete(OWN, body).status_code == 204
        assert not TOTPDevice.objects.exists()
        assert not StaticToken.objects.exists()
        assert create().status_code == 200

    def test_by_command_signs_out_everywhere(self, device: TOTPDevice) -> None:
        client = signed_in(code_of(device))
        call_command("reset_second_factor", "ann", stdout=StringIO())
        assert client.get(ME).status_code == 401
        assert create().status_code == 200

    def test_by_command_of_nobody_says_so(self) -> None:
        with pytest.raises(CommandError, match="Nobody signs in as bob"):
            call_command("reset_second_factor", "bob")
