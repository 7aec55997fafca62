"""A code is used once, however many ask at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django_otp.plugins.otp_static.models import StaticToken

from core.exceptions import CodeRefused
from core.services.second_factors import TRIES, begin_enrolment, check_code, confirm_enrolment

from .second_factors import code_of, set_up

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("one_moment"),
]


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


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_one_uses_a_code(ann: Any, kind: str) -> None:
    device, codes = set_up(ann)
    code = code_of(device) if kind == "app" else codes[0]
    used = at_once(lambda: check_code(user=ann, code=code))
    assert sorted(used) == [False] * (TRIES - 1) + [True]


def test_one_gets_the_recovery_codes(ann: Any) -> None:
    code = code_of(begin_enrolment(user=ann))
    shown = at_once(lambda: confirm_enrolment(user=ann, code=code, session_id=None))
    (codes,) = filter(None, shown)
    assert StaticToken.objects.count() == len(codes)
    assert check_code(user=ann, code=codes[0])
