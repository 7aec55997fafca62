"""Errors of production come to ADMINS by mail: few, late by no request, and with nobody's data."""

import logging
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.db import OperationalError
from django.test import Client

from storefront.limits import counters
from storefront.logs import error_mails
from storefront.logs.error_mails import AT_MOST, ErrorMailHandler

from .conftest import PRODUCTION, Start, run
from .test_production import read

pytestmark = pytest.mark.django_db(transaction=True)

logger = logging.getLogger("shop.of.the.test")
SECRET = "kim@example.com, Sesame-Street-1"


@pytest.fixture(autouse=True)
def _admins(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ADMINS = [("Ann", "ann@example.com"), ("", "bob@example.com")]
    monkeypatch.setattr(error_mails, "ENDING_SECONDS", 60)


@pytest.fixture
def handler() -> Iterator[ErrorMailHandler]:
    handler = ErrorMailHandler()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    handler.close()


def fail(number: int = 0) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logger.exception("Failure %s of " + str(number), SECRET)


class TestMail:
    def test_tells_what_and_where_and_of_nobody(self, handler: ErrorMailHandler) -> None:
        try:
            int(SECRET)
        except ValueError:
            fail()
        handler.close()
        [sent] = mail.outbox
        assert sent.to == ["ann@example.com", "bob@example.com"]
        assert sent.subject == "Storefront: ERROR: ValueError"
        for part in ("shop.of.the.test", "test_error_mails.py", "in fail", "Failure %s of 0"):
            assert part in sent.body
        # The first cause comes first.
        assert sent.body.index("in test_tells") < sent.body.index("in fail")
        assert "Sesame" not in sent.body
        assert "kim@" not in sent.body

    def test_of_a_request_has_neither_its_body_nor_its_address(
        self, handler: ErrorMailHandler, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError(SECRET)

        monkeypatch.setattr("core.views.pages.render", broken)
        client = Client(raise_request_exception=False)
        response = client.get("/?password=Sesame-Street-1", headers={"Cookie": "a=Sesame-Street-1"})
        handler.close()
        assert response.status_code == 500
        [sent] = mail.outbox
        assert sent.subject == "Storefront: ERROR: RuntimeError 500"
        assert f"Request: {response['X-Request-ID']}" in sent.body
        assert "Sesame" not in sent.body

    def test_is_not_sent_of_warnings_floods_or_scanners(self, handler: ErrorMailHandler) -> None:
        logger.warning("Away")
        logging.getLogger("django.request").error("Busy", extra={"status_code": 503})
        logging.getLogger("django.security.SuspiciousOperation").error("Scanned")
        handler.close()
        assert mail.outbox == []


class TestLimits:
    def test_the_same_error_is_mailed_once(self, handler: ErrorMailHandler) -> None:
        for _ in range(5):
            fail()
        fail(1)
        handler.close()
        assert len(mail.outbox) == 2

    def test_for_all_processes_together(self, handler: ErrorMailHandler) -> None:
        other = ErrorMailHandler()
        record = logging.LogRecord("a", logging.ERROR, "a.py", 1, "Broken", (), None)
        for each in (handler, other):
            each.handle(record)
            each.close()
        assert len(mail.outbox) == 1

    def test_different_errors_are_bounded_too(self, handler: ErrorMailHandler) -> None:
        for number in range(AT_MOST * 2):
            fail(number)
        handler.close()
        assert len(mail.outbox) == AT_MOST

    @pytest.mark.parametrize("error", [OperationalError, RuntimeError])
    def test_what_cannot_be_counted_is_mailed_if_the_database_is_away(
        self, handler: ErrorMailHandler, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
    ) -> None:
        def hit(*args: Any, **kwargs: Any) -> int:
            raise error

        monkeypatch.setattr(counters, "hit", hit)
        fail()
        handler.close()
        assert len(mail.outbox) == (error is OperationalError)


class TestMailServer:
    def test_nobody_waits_for_it(
        self, handler: ErrorMailHandler, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers, sent = Event(), []

        def send(message: EmailMessage) -> None:
            answers.wait(60)
            sent.append(message)

        monkeypatch.setattr(EmailMessage, "send", send)
        for number in range(3):
            fail(number)
        # All three were logged, and the server has not taken the first one yet.
        assert sent == []
        answers.set()
        handler.close()
        assert len(sent) == 3

    def test_an_error_of_it_is_no_error_to_mail(
        self,
        handler: ErrorMailHandler,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        def send(message: EmailMessage) -> None:
            logger.error("Refused")
            raise ConnectionRefusedError(SECRET)

        monkeypatch.setattr(EmailMessage, "send", send)
        fail()
        fail(1)
        handler.close()
        lines = [r.getMessage() for r in caplog.records if r.name == error_mails.__name__]
        assert lines == ["An error was not mailed (ConnectionRefusedError)"] * 2


@pytest.mark.once
class TestSettings:
    HANDLERS = "LOGGING['root']['handlers']"

    def test_mails_go_to_admins_unless_sentry_has_the_errors(self, start: Start) -> None:
        admins = {"ADMINS": "ann@example.com"}
        assert read(start, self.HANDLERS) == ["console"]
        assert read(start, self.HANDLERS, **admins) == ["console", "admins"]
        sentry = {"SENTRY_DSN": "https://key@127.0.0.1:9/1"}
        show = f"from storefront.settings.prod import LOGGING; print({self.HANDLERS})"
        result = run("-c", show, folder=settings.BASE_DIR, **PRODUCTION, **admins, **sentry)
        assert (result.stdout, result.stderr) == ("['console']\n", "")
