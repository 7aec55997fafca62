"""The lines that fail2ban, and people, follow."""

import json
import logging
from typing import Any

import pytest
from django.test import RequestFactory

from core.security_log import security_event
from storefront.limits.requests import current_request
from storefront.logs.formatters import JsonFormatter


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """Return the messages of the log as production writes them."""

    def lines() -> list[str]:
        records = [each for each in caplog.records if each.name == "storefront.security"]
        return [json.loads(JsonFormatter().format(record))["message"] for record in records]

    caplog.set_level(logging.INFO, "storefront.security")
    return lines


def test_a_line_tells_who_and_from_where_by_pseudonyms(lines: Any) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")
    security_event("sign_in_failed", request=request, user_id=7, account="Ann", door="/admin/")
    (line,) = lines()
    event, account, user, network, door = line.split()
    assert (event, user, door) == ("sign_in_failed", "user=7", "door=/admin/")
    assert [len(each.partition("=")[2]) for each in (account, network)] == [16, 16]
    assert "203.0.113.7" not in line


def test_spellings_of_one_account_have_one_pseudonym(lines: Any) -> None:
    for name in ("Ann", "ANN", "\uff41nn", "bob"):
        security_event("sign_in_failed", account=name)
    assert [lines().index(line) for line in lines()] == [0, 0, 0, 3]


def test_addresses_of_one_network_have_one_pseudonym(lines: Any) -> None:
    for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"):
        request = RequestFactory().get("/", REMOTE_ADDR=address)
        security_event("sign_in_failed", request=request)
    assert [lines().index(line) for line in lines()] == [0, 0, 2]


def test_the_request_of_now_is_found(lines: Any) -> None:
    token = current_request.set(RequestFactory().get("/"))
    security_event("password_changed", user_id=7)
    current_request.reset(token)
    security_event("password_changed", user_id=7)
    assert ["network=" in line for line in lines()] == [True, False]


def test_nothing_forges_a_line(lines: Any) -> None:
    security_event("rights_changed", user_id=7, group="x\nsign_in_failed account=0 é")
    assert lines() == ["rights_changed user=7 group=x_sign_in_failed_account_0_é"]
