"""Where staff sign in with a code, and where they set it up."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import title_contains

from core.models import UserSession
from core.services.second_factors import TRIES
from storefront.tests.browsing import wait_for, wait_until

from .passwords import PASSWORD
from .second_factors import code_of, set_up

LOGIN, API_LOGIN = "/admin/login/", "/api-auth/login/"
PAGE = "/admin/second_factor/"
ME = "/auth/users/me/"
WIDTH = "return document.documentElement.scrollWidth"
LOGINS = pytest.mark.parametrize("login", [LOGIN, API_LOGIN])

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def ann(register: Callable) -> Any:
    return register("ann", is_staff=True, is_superuser=True)


def sign_in(client: Client, login: str = LOGIN, **fields: str) -> Any:
    return client.post(login, {"username": "ann", "password": PASSWORD, **fields})


class TestSignIn:
    @LOGINS
    def test_needs_the_code_of_who_has_one(self, client: Client, ann: Any, login: str) -> None:
        device, codes = set_up(ann)
        for otp, words in (("", "is needed as well"), ("000000", "code is wrong")):
            response = sign_in(client, login, otp=otp)
            assert response.status_code == 200
            assert words in response.text
        assert not UserSession.objects.exists()
        assert sign_in(client, login, otp=code_of(device)).status_code == 302
        assert client.get(ME).status_code == 200
        assert UserSession.objects.get().is_verified
        assert sign_in(Client(), login, otp=codes[0]).status_code == 302

    @LOGINS
    def test_asks_for_the_code_only_after_the_password(
        self, client: Client, ann: Any, login: str
    ) -> None:
        set_up(ann)
        response = sign_in(client, login, password="wrong")
        assert "needed as well" not in response.text
        assert "otp" in response.text

    @LOGINS
    def test_needs_none_of_who_has_none(self, client: Client, ann: Any, login: str) -> None:
        assert sign_in(client, login).status_code == 302
        assert not UserSession.objects.get().is_verified

    @LOGINS
    def test_waits_after_many_wrong_codes(self, client: Client, ann: Any, login: str) -> None:
        device, _ = set_up(ann)
        for _ in range(TRIES):
            sign_in(client, login, otp="000000")
        response = sign_in(client, login, otp=code_of(device))
        assert response.status_code == 429
        assert int(response["Retry-After"]) > 0
        assert not UserSession.objects.exists()

    @LOGINS
    def test_switched_off_has_no_field(
        self, client: Client, settings: Any, ann: Any, login: str
    ) -> None:
        set_up(ann)
        settings.STAFF_SECOND_FACTOR = "off"
        assert "otp" not in client.get(login).text
        assert sign_in(client, login).status_code == 302
        assert client.get(PAGE).status_code == 404


class TestPage:
    @pytest.fixture
    def staff(self, client: Client, ann: Any) -> Client:
        sign_in(client)
        return client

    def test_is_for_staff(self, client: Client, register: Callable) -> None:
        assert client.get(PAGE)["Location"] == f"{LOGIN}?next={PAGE}"
        client.force_login(register("bob"))
        assert client.get(PAGE).status_code == 302
        response = client.post(PAGE, {"step": "begin", "current_password": PASSWORD})
        assert response.status_code == 302
        assert not TOTPDevice.objects.exists()

    def test_by_get_writes_nothing(self, staff: Client) -> None:
        response = staff.get(PAGE)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert not TOTPDevice.objects.exists()

    def test_refuses_what_is_wrong(self, staff: Client) -> None:
        assert staff.post(PAGE).status_code == 400
        assert staff.post(PAGE, {"step": "nonsense"}).status_code == 400
        wrong = staff.post(PAGE, {"step": "begin", "current_password": "wrong"})
        assert "This is not your password." in wrong.text
        assert "This field is required." in staff.post(PAGE, {"step": "begin"}).text
        assert "code is wrong" in staff.post(PAGE, {"step": "confirm", "otp": "000000"}).text
        assert not TOTPDevice.objects.exists()

    def test_sets_one_up_and_removes_it(self, staff: Client, ann: Any) -> None:
        other = Client()
        sign_in(other)
        begun = staff.post(PAGE, {"step": "begin", "current_password": PASSWORD}, follow=True)
        device = TOTPDevice.objects.get()
        assert 'src="data:image/svg+xml' in begun.text
        assert 'src="data:image/svg+xml' in staff.get(PAGE).text
        # Who has a stolen cookie reads no secret.
        assert "secret" not in other.get(PAGE).context
        assert begun.context["secret"].replace(" ", "") in device.config_url
        done = staff.post(PAGE, {"step": "confirm", "otp": code_of(device)})
        codes = done.context["recovery_codes"]
        assert len(codes) == 10
        assert all(code in done.text for code in codes)
        assert not any(code in staff.get(PAGE).text for code in codes)
        assert other.get("/admin/").status_code == 302
        removal = {"step": "remove", "current_password": PASSWORD, "otp": "000000"}
        assert "code is wrong" in staff.post(PAGE, removal).text
        assert staff.post(PAGE, {**removal, "otp": codes[0]}).status_code == 302
        assert not TOTPDevice.objects.exists()

    def test_is_linked_from_the_admin(self, staff: Client, settings: Any) -> None:
        assert PAGE in staff.get("/admin/").text
        settings.STAFF_SECOND_FACTOR = "off"
        assert PAGE not in staff.get("/admin/").text

    def test_admin_shows_no_secrets(self, staff: Client, ann: Any) -> None:
        for model in ("otp_totp/totpdevice", "otp_static/staticdevice"):
            assert staff.get(f"/admin/{model}/").status_code == 404


@pytest.mark.usefixtures("required")
class TestRequired:
    def test_without_one_staff_reach_its_page_alone(self, client: Client, ann: Any) -> None:
        assert sign_in(client, next="/admin/")["Location"] == "/admin/"
        for url in ("/admin/", "/admin/core/user/", "/admin/password_change/", "/admin/jsi18n/"):
            assert client.get(url).status_code == 302
        response = client.get("/admin/", follow=True)
        assert [url for url, _ in response.redirect_chain][-1] == PAGE
        assert "All staff need a second factor here" in response.text
        assert client.get("/store/products/").json()["code"] == "second_factor_needed"
        assert client.post("/store/carts/", {}).status_code == 403

    def test_with_one_they_reach_the_rest_at_once(self, client: Client, ann: Any) -> None:
        sign_in(client)
        client.post(PAGE, {"step": "begin", "current_password": PASSWORD})
        client.post(PAGE, {"step": "confirm", "otp": code_of(TOTPDevice.objects.get())})
        assert client.get("/admin/").status_code == 200
        assert client.get("/store/customers/").status_code == 200

    def test_signed_in_without_the_code_they_sign_in_again(
        self, client: Client, ann: Any, settings: Any
    ) -> None:
        device, _ = set_up(ann)
        client.force_login(ann)
        response = client.get("/admin/", follow=True)
        assert "with the code" in response.text
        assert response.redirect_chain[-1][0] == f"{LOGIN}?next=/admin/"
        assert sign_in(client, otp=code_of(device)).status_code == 302
        assert client.get("/admin/").status_code == 200

    def test_removed_it_is_needed_again(self, client: Client, ann: Any) -> None:
        device, codes = set_up(ann)
        sign_in(client, otp=code_of(device))
        assert client.get("/admin/").status_code == 200
        client.post(PAGE, {"step": "remove", "current_password": PASSWORD, "otp": codes[0]})
        assert client.get("/admin/").status_code == 302
        assert client.get(ME).status_code == 403

    def test_they_may_leave(self, client: Client, ann: Any) -> None:
        sign_in(client)
        assert 'action="/admin/logout/"' in client.get(PAGE).text
        client.post("/admin/logout/")
        assert client.get(ME).status_code == 401

    def test_customers_need_none(self, client: Client, register: Callable) -> None:
        register("ann")
        sign_in(client, API_LOGIN)
        assert client.get(ME).status_code == 200


@pytest.fixture
def screen(browser: Chrome, width: int) -> Iterator[Chrome]:
    """A browser as wide as a computer's, or a phone's."""
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.chromium
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1400, 390])
def test_in_a_browser_from_the_password_to_the_admin(
    screen: Chrome, live_server: Any, ann: Any, required: None, width: int
) -> None:
    browser = screen

    def fill(css: str, **fields: str) -> None:
        form = wait_for(browser, css)
        for name, value in fields.items():
            form.find_element(By.NAME, name).send_keys(value)
        assert browser.execute_script(WIDTH) <= width
        form.find_element(By.CSS_SELECTOR, "[type=submit]").click()

    browser.get_log("browser")
    browser.get(f"{live_server.url}/admin/")
    fill("#login-form", username="ann", password=PASSWORD)
    fill(".second-factor form", current_password=PASSWORD)
    picture = wait_for(browser, ".qr")
    assert browser.execute_script("return arguments[0].naturalWidth", picture) > 100
    fill(".second-factor form", otp=code_of(TOTPDevice.objects.get()))
    wait_for(browser, ".recovery-codes")
    code = browser.find_element(By.CSS_SELECTOR, ".recovery-codes code").text
    wait_for(browser, "a.button").click()
    wait_for(browser, ".account-button").click()
    wait_for(browser, "#logout-form button").click()
    wait_until(browser, title_contains("Logged out"))
    browser.get(f"{live_server.url}/api-auth/login/?next=/store/orders/")
    fill("main form", username="ann", password=PASSWORD, otp=code)
    assert "Orders" in wait_for(browser, "h1").text
    # Such as what the policy of the pages forbids.
    assert [each for each in browser.get_log("browser") if each["level"] == "SEVERE"] == []
