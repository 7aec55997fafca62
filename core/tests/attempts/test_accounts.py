"""What an account waits for after failures from one network, and what is stored of them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from core.models import TriedAccount, TriedNetwork
from core.services.sign_ins import purge_attempts
from storefront.errors.exceptions import Busy

from ..passwords import PASSWORD
from .guesses import (
    AWAY,
    sign_in,
    statuses,
)

pytestmark = pytest.mark.django_db


class TestAccountAndNetwork:
    def test_the_wait_doubles_up_to_an_hour(self, ann: Any, later: Callable[..., None]) -> None:
        statuses(3)
        waits = []
        for _ in range(9):
            waits.append(int(sign_in()["Retry-After"]))
            later(seconds=waits[-1])
            assert sign_in().status_code == 401
        assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]

    def test_waiting_is_not_made_longer_by_asking(
        self, ann: Any, later: Callable[..., None]
    ) -> None:
        assert statuses(8)[3:] == [429] * 5
        later(seconds=30)
        assert statuses(2, PASSWORD) == [200, 200]

    def test_a_right_password_clears_it(self, ann: Any) -> None:
        for _ in range(3):
            assert [*statuses(2), *statuses(1, PASSWORD)] == [401, 401, 200]

    def test_a_day_later_nothing_is_left(self, ann: Any, later: Callable[..., None]) -> None:
        statuses(4)
        later(days=1)
        assert statuses(4) == [401, 401, 401, 429]

    def test_others_are_not_held_up(self, ann: Any, register: Callable[..., Any]) -> None:
        register("bob")
        statuses(4)
        assert sign_in(PASSWORD, address=AWAY).status_code == 200
        assert sign_in(PASSWORD, "bob").status_code == 200

    @pytest.mark.parametrize("name", ["ANN", "\uff41nn", "Ann"])
    def test_a_spelling_is_no_other_account(self, ann: Any, name: str) -> None:
        statuses(3)
        assert sign_in(PASSWORD, name).status_code == 429

    def test_an_unknown_name_is_told_the_same(
        self, ann: Any, django_assert_num_queries: Any, hashed: list[str]
    ) -> None:
        seen = []
        for name in ("ann", "nobody"):
            responses = [sign_in(name=name) for _ in range(4)]
            seen.append([(each.status_code, each.json()) for each in responses])
            seen[-1].append(len(hashed))
            hashed.clear()
        assert seen[0] == seen[1]

    def test_a_network_of_ipv6_is_one(self, ann: Any) -> None:
        found = [sign_in(address=f"2001:db8::{n:x}").status_code for n in range(1, 6)]
        assert found == [401, 401, 401, 429, 429]
        assert sign_in(PASSWORD, address="2001:db8:0:1::1").status_code == 200

    def test_a_port_makes_no_other_address(self, ann: Any) -> None:
        found = [sign_in(address=f"1.2.3.4:{5678 + n}").status_code for n in range(4)]
        assert found == [401, 401, 401, 429]

    def test_what_was_not_checked_is_given_back(
        self, ann: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        statuses(2)
        with monkeypatch.context() as patch:
            patch.setattr(MD5PasswordHasher, "verify", busy)
            assert statuses(5, PASSWORD) == [503] * 5
        assert statuses(2) == [401, 429]


def busy(*args: Any) -> None:
    raise Busy


class TestRows:
    def test_hold_no_name_and_no_address(self, ann: Any) -> None:
        sign_in()
        row = TriedNetwork.objects.get()
        assert {len(row.key), len(row.account)} == {64}
        assert row.account == TriedAccount.objects.get().account

    def test_are_purged_when_they_say_nothing_any_more(
        self, ann: Any, later: Callable[..., None]
    ) -> None:
        sign_in()
        sign_in(PASSWORD, address=AWAY)
        assert purge_attempts() == 0
        later(days=2)
        assert purge_attempts() == 2
        assert TriedNetwork.objects.get().signed_in_at
        later(days=30)
        assert purge_attempts() == 1

    def test_there_are_none_without_the_limit(self, ann: Any, limits: Any) -> None:
        limits.SIGN_IN_FAILURES = 0
        assert statuses(5) == [401] * 5
        assert not TriedAccount.objects.exists()
