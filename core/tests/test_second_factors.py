"""A second factor of staff: codes of an app, and recovery codes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier
from time import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_otp import oath
from django_otp.plugins import otp_totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from core.exceptions import CodeRefused
from core.models import UserSession
from core.services.second_factors import TRIES, begin_enrolment, check_code, confirm_enrolment

from .passwords import PASSWORD
from .second_factors import code_of, set_up

CREATE = "/auth/jwt/create/"
ME = "/auth/users/me/"
OWN = "/auth/users/me/second_factor/"
CONFIRM = f"{OWN}confirm/"
NEEDED = {"detail": "The code of your second factor is needed as well.", "code": "otp_required"}
WRONG = "The code is wrong or was used already; wait for the next one."
REFUSED = {"otp": [WRONG], "code": "code_refused"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no step of 30 seconds end while a test runs."""
    now = time()
    monkeypatch.setattr(oath, "time", lambda: now)
    monkeypatch.setattr(otp_totp.models, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def ann(register: Callable) -> Any:
    return register("ann", is_staff=True)


@pytest.fixture
def device(ann: Any) -> TOTPDevice:
    return set_up(ann)[0]


@pytest.fixture
def required(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = "required"


def create(otp: Any = None, password: str = PASSWORD) -> Any:
    body = {"username": "ann", "password": password}
    return APIClient().post(CREATE, body if otp is None else {**body, "otp": otp})


def signed_in(otp: str | None = None) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"JWT {create(otp).json()['access']}")
    return client


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
        response = APIClient().post(CREATE, body, content_type="application/json")
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


@pytest.mark.usefixtures("required")
class TestRequired:
    def test_without_one_staff_reach_its_enrolment_alone(self, ann: Any) -> None:
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

    def test_tokens_of_before_reach_nothing_else(self, ann: Any, settings: Any) -> None:
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

    def test_a_refreshed_token_is_as_good(self, device: TOTPDevice) -> None:
        tokens = create(code_of(device)).json()
        body = {"refresh": tokens["refresh"]}
        access = APIClient().post("/auth/jwt/refresh/", body).json()["access"]
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"JWT {access}")
        assert client.get(ME).status_code == 200

    def test_removed_it_is_needed_again(self, device: TOTPDevice) -> None:
        client = signed_in(code_of(device))
        body = {"current_password": PASSWORD, "otp": code_of(device, 1)}
        assert client.delete(OWN, body).status_code == 204
        assert client.get(ME).status_code == 403
        assert client.get(OWN).status_code == 200

    def test_customers_need_none(self, register: Callable) -> None:
        register("ann")
        assert signed_in().get(ME).status_code == 200

    def test_may_sign_out(self, ann: Any) -> None:
        assert signed_in().post("/auth/jwt/logout_all/").status_code == 204


def at_once(act: Callable[[], Any]) -> list[Any]:
    """Let as many threads as an account has tries do something, and return what each got."""
    start = Barrier(TRIES)

    def run(_: int) -> Any:
        start.wait(30)
        try:
            return act()
        except CodeRefused:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(TRIES) as pool:
        return list(pool.map(run, range(TRIES)))


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.mark.parametrize("kind", ["app", "recovery"])
    def test_one_uses_a_code(self, ann: Any, kind: str) -> None:
        device, codes = set_up(ann)
        code = code_of(device) if kind == "app" else codes[0]
        used = at_once(lambda: check_code(user=ann, code=code))
        assert sorted(used) == [False] * (TRIES - 1) + [True]

    def test_one_gets_the_recovery_codes(self, ann: Any) -> None:
        code = code_of(begin_enrolment(user=ann))
        shown = at_once(lambda: confirm_enrolment(user=ann, code=code, session_id=None))
        (codes,) = filter(None, shown)
        assert StaticToken.objects.count() == len(codes)
        assert create(codes[0]).status_code == 200
