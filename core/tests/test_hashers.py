import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BoundedSemaphore, Event, get_native_id
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password
from django.test import Client
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from core.hashers import NICENESS, Argon2Hasher, hashed, hashing_place
from storefront.errors.exceptions import Busy
from storefront.limits import refusals
from storefront.settings.common import PASSWORD_HASHERS

from .conftest import PASSWORD

NEW = "an0ther-Str0ng-one"
CREATE = "/auth/jwt/create/"
REFRESH = "/auth/jwt/refresh/"
ME = "/auth/users/me/"
PROFILE = "argon2$argon2id$v=19$m=19456,t=2,p=1$"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hashers(settings: Any) -> None:
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS


@pytest.fixture
def old_hash() -> str:
    return PBKDF2PasswordHasher().encode(PASSWORD, "a-salt-of-twenty-two-chars", iterations=1000)


@pytest.fixture
def user(register: Callable, old_hash: str) -> Any:
    user = register(password="replaced below")
    get_user_model().objects.update(password=old_hash)
    return user


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each password that is hashed, to compare the work of two refusals without a clock."""
    noted: list[str] = []

    def noting(method: Callable) -> Callable:
        def note(self: Any, password: str, other: str) -> Any:
            noted.append(password)
            return method(self, password, other)

        return note

    for name in ("encode", "verify"):
        monkeypatch.setattr(Argon2Hasher, name, noting(getattr(Argon2Hasher, name)))
    return noted


def stored_hash() -> str:
    return get_user_model().objects.get().password


def sign_in(client: APIClient, username: str, password: str) -> int:
    return client.post(CREATE, {"username": username, "password": password}).status_code


class TestRefusals:
    def test_a_wrong_password_leaves_an_old_hash_as_it_is(
        self, api_client: APIClient, user: Any, old_hash: str
    ) -> None:
        assert sign_in(api_client, "ann", "wrong") == 401
        assert stored_hash() == old_hash

    def test_an_unknown_name_costs_as_many_hashes_as_a_wrong_password(
        self, api_client: APIClient, register: Callable, passwords: list[str]
    ) -> None:
        register()
        passwords.clear()
        assert [sign_in(api_client, name, "wrong") for name in ("ann", "nobody")] == [401, 401]
        assert passwords == ["wrong", "wrong"]

    def test_a_password_that_was_changed_meanwhile_stays_changed(self, user: Any) -> None:
        stale = get_user_model().objects.get()
        user.set_password(NEW)
        user.save()
        assert not stale.check_password(PASSWORD)
        assert stored_hash() == user.password

    def test_of_somebody_who_was_deleted_meanwhile(self, user: Any) -> None:
        stale = get_user_model().objects.get()
        user.delete()
        assert not stale.check_password(PASSWORD)
        assert not get_user_model().objects.exists()


class TestForeignHashes:
    """Of `hunter2hunter2`, of other profiles, and as libsodium wrote them for the shop before."""

    SAME_PROFILE = f"{PROFILE}eHh4eHh4eHh4eHh4eHh4eA$d3Z48Z9/rZbtDjUf6w97Aj2ku9X8ktlLBXlfSR/ZEb8"
    OF_LIBSODIUM = f"{PROFILE}VzjrnHCDEEPF+TeRYVIDuw$0AX9Do8fkmi9Coso4jIokRimQB7kjhOkOLbRrVDETzU"
    LONG_SALT = "argon2$argon2id$v=19$m=1024,t=2,p=2$eHh4eHh4eHh4eHh4eHh4eHh4eHh4eA$D1RkP5e7wL9CavQ/0eu5j7/HDEUSnbHHFwIy7Wbow1o"

    def test_are_what_a_new_one_of_the_same_salt_is(self) -> None:
        assert Argon2Hasher().encode("hunter2hunter2", "x" * 16) == self.SAME_PROFILE

    @pytest.mark.parametrize("encoded", [SAME_PROFILE, OF_LIBSODIUM, LONG_SALT])
    def test_are_read(self, encoded: str) -> None:
        assert check_password("hunter2hunter2", encoded)
        assert not check_password("hunter2hunter3", encoded)

    def test_are_old_where_their_profile_differs(self) -> None:
        hashes = (self.SAME_PROFILE, self.OF_LIBSODIUM, self.LONG_SALT)
        assert [Argon2Hasher().must_update(each) for each in hashes] == [False, False, True]

    def test_of_the_same_profile_are_kept_by_a_sign_in(
        self, api_client: APIClient, user: Any
    ) -> None:
        get_user_model().objects.update(password=self.OF_LIBSODIUM)
        assert sign_in(api_client, "ann", "hunter2hunter2") == 200
        assert stored_hash() == self.OF_LIBSODIUM

    def test_that_are_damaged_fit_no_password(self, subtests: pytest.Subtests) -> None:
        for tail in ["", "$", "$eHh4", "é", "A" * 100]:
            with subtests.test(tail=tail):
                assert not check_password("hunter2hunter2", self.SAME_PROFILE[:-43] + tail)

    def test_show_no_more_than_their_ends(self) -> None:
        shown = Argon2Hasher().safe_summary(self.SAME_PROFILE)
        assert [shown[f"{cost} cost"] for cost in ("memory", "time")] == [19456, 2]
        assert shown["salt"] == "x" * 6 + "*" * 10
        assert str(shown["hash"]).count("*") == 37


class TestNewHashes:
    def test_have_salts_of_their_own(self) -> None:
        first, second = (make_password(PASSWORD) for _ in range(2))
        assert first != second

    def test_are_argon2id_in_the_profile_of_owasp(self) -> None:
        assert make_password(PASSWORD).startswith(PROFILE)

    def test_are_kept_by_a_sign_in(self, api_client: APIClient, register: Callable) -> None:
        kept = register().password
        assert kept.startswith(PROFILE)
        assert sign_in(api_client, "ann", PASSWORD) == 200
        assert stored_hash() == kept


class TestOldHashes:
    def test_are_replaced_by_a_sign_in_whose_tokens_work(
        self, api_client: APIClient, user: Any, tokens_of: Callable
    ) -> None:
        tokens = tokens_of()
        assert stored_hash().startswith(PROFILE)
        assert api_client.post(REFRESH, {"refresh": tokens["refresh"]}).status_code == 200
        api_client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens['access']}")
        assert api_client.get(ME).json()["username"] == "ann"
        assert sign_in(APIClient(), "ann", PASSWORD) == 200

    def test_of_argon2_with_other_numbers_too(
        self, api_client: APIClient, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Argon2Hasher, "memory_cost", 1024)
            get_user_model().objects.update(password=make_password(PASSWORD))
        assert sign_in(api_client, "ann", PASSWORD) == 200
        assert stored_hash().startswith(PROFILE)

    def test_sign_the_other_devices_out_once(
        self, api_client: APIClient, user: Any, tokens_of: Callable
    ) -> None:
        other = str(RefreshToken.for_user(get_user_model().objects.get()))
        assert api_client.post(REFRESH, {"refresh": other}).status_code == 200
        tokens = [other, tokens_of()["refresh"], tokens_of()["refresh"]]
        responses = [api_client.post(REFRESH, {"refresh": token}).status_code for token in tokens]
        assert responses == [401, 200, 200]

    def test_of_two_sign_ins_at_once_become_one_hash(self, user: Any) -> None:
        first, second = (get_user_model().objects.get() for _ in range(2))
        assert first.check_password(PASSWORD)
        assert second.check_password(PASSWORD)
        assert first.password == second.password == stored_hash()


class TestQueue:
    """Who comes to a full queue is sent away at once."""

    @pytest.fixture(autouse=True)
    def places(self, monkeypatch: pytest.MonkeyPatch) -> BoundedSemaphore:
        places = BoundedSemaphore(2)
        monkeypatch.setattr("core.hashers.places", places)
        monkeypatch.setattr("storefront.limits.refusals.queues", {})
        return places

    @pytest.fixture
    def full(self, user: Any, places: BoundedSemaphore) -> Iterator[None]:
        with places, places:
            yield

    @pytest.mark.usefixtures("full")
    @pytest.mark.parametrize("name", ["ann", "nobody"])
    def test_a_sign_in_is_told_when_to_come_again(self, api_client: APIClient, name: str) -> None:
        response = api_client.post(CREATE, {"username": name, "password": PASSWORD})
        assert (response.status_code, response["Retry-After"]) == (503, "1")
        assert response.json() == {"detail": Busy.message, "code": "busy"}

    @pytest.mark.usefixtures("full")
    @pytest.mark.parametrize("url", ["/admin/login/", "/api-auth/login/"])
    def test_a_page_shows_its_form_again(self, client: Client, url: str) -> None:
        page = client.post(url, {"username": "ann", "password": PASSWORD})
        assert (page.status_code, page["Retry-After"]) == (503, "1")
        assert "Please try again in 1 second." in page.content.decode()

    @pytest.mark.usefixtures("full")
    def test_a_registration_changes_nothing(self, api_client: APIClient) -> None:
        body = {"username": "bob", "email": "bob@example.com", "password": PASSWORD}
        assert api_client.post("/auth/users/", body).status_code == 503
        assert not get_user_model().objects.filter(username="bob").exists()

    def test_a_place_is_free_again_after_an_error(self) -> None:
        for _ in range(3):
            assert not Argon2Hasher().verify(PASSWORD, "argon2$damaged")

    def test_no_more_than_its_places_wait(self, places: BoundedSemaphore) -> None:
        go_on, entered = Event(), Barrier(3)

        def wait() -> bool:
            with hashing_place():
                entered.wait(60)
                return hashed(go_on.wait, 60)

        with ThreadPoolExecutor(2) as pool:
            waiting = [pool.submit(wait) for _ in range(2)]
            entered.wait(60)
            with pytest.raises(Busy):
                hashed(print)
            go_on.set()
            assert [each.result() for each in waiting] == [True, True]
        assert hashed(int) == 0

    @pytest.mark.usefixtures("full")
    def test_a_flood_asks_no_database(
        self, api_client: APIClient, settings: Any, django_assert_num_queries: Any
    ) -> None:
        settings.SIGN_IN_FAILURES = 3
        settings.CREDENTIALS_RATE = (30, 60)
        with django_assert_num_queries(0):
            answers = [api_client.post(CREATE, {}) for _ in range(2)]
        # The second was not even read.
        assert [(each.status_code, each.json()["code"]) for each in answers] == [(503, "busy")] * 2
        assert refusals.queues.keys() == {f"POST {CREATE}"}

    def test_a_sign_in_goes_on_once_there_is_a_place(
        self, api_client: APIClient, user: Any, places: BoundedSemaphore
    ) -> None:
        with places, places:
            assert [sign_in(api_client, "ann", PASSWORD) for _ in range(2)] == [503, 503]
        assert sign_in(api_client, "ann", PASSWORD) == 200

    @pytest.mark.skipif(sys.platform != "linux", reason="a thread has no priority of its own")
    def test_its_thread_lets_others_go_first(self) -> None:
        def niceness() -> int:
            return os.getpriority(os.PRIO_PROCESS, get_native_id())

        assert hashed(niceness) == niceness() + NICENESS
