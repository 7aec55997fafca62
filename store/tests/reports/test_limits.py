"""Reports cost a bounded part of the machine."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import BoundedSemaphore, Event
from time import monotonic
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections

from store import statement_limits
from store.exceptions import ReportsBusy, ReportTooSlow
from store.services import report_limits
from store.services.report_limits import statement_limit
from store.services.reports import cached_report

# Keeps a database busy for minutes.
ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n",
    "mysql": "SELECT MAX(SHA2(seq, 512)) FROM seq_1_to_1000000000",
    "postgresql": "SELECT COUNT(*) FROM generate_series(1, 100000000000)",
}
NESTED = pytest.mark.skipif(
    connection.vendor != "mysql", reason="only MariaDB has two limits at once"
)


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


class TestPlaces:
    @pytest.fixture
    def held(self, transactional_db, monkeypatch):
        """Let a thread compute a report until the event is set, and return both; one more may wait."""
        monkeypatch.setattr(report_limits.reports, "queue", BoundedSemaphore(2))
        begun, end = Event(), Event()

        def endless(*, number, using):
            begun.set()
            assert end.wait(30)
            return [{"number": number}]

        with ThreadPoolExecutor(8) as pool:

            def ask(number, report=endless):
                def work():
                    try:
                        return cached_report(report, number=number)
                    finally:
                        connections.close_all()

                return pool.submit(work)

            first = ask(1)
            assert begun.wait(30)
            yield ask, first, end
            end.set()

    def test_a_third_is_refused_at_once(self, held, monkeypatch):
        ask, first, end = held
        place, waits = report_limits.reports.lock, Event()

        def acquire(*, timeout):
            waits.set()
            return place.acquire(timeout=30)

        told = SimpleNamespace(acquire=acquire, release=place.release)
        monkeypatch.setattr(report_limits.reports, "lock", told)
        second = ask(2)
        assert waits.wait(30)
        with pytest.raises(ReportsBusy) as refused:
            ask(3).result(30)
        assert (refused.value.status_code, refused.value.wait) == (503, 3)
        end.set()
        assert [each.result(30) for each in (first, second)] == [[{"number": 1}], [{"number": 2}]]
        assert ask(3).result(30) == [{"number": 3}]

    def test_nobody_waits_for_long(self, held, monkeypatch):
        ask, first, end = held
        monkeypatch.setattr(report_limits.reports, "seconds", 0.01)
        with pytest.raises(ReportsBusy):
            ask(2).result(30)
        end.set()
        assert first.result(30) == [{"number": 1}]

    def test_one_that_is_cached_needs_no_place(self, held):
        ask, first, end = held
        end.set()
        first.result(30)
        with report_limits.reports.lock:
            assert ask(1).result(1) == [{"number": 1}]

    def test_a_failure_gives_the_place_back(self, held):
        def failing(*, number, using):
            raise ValueError("torn")

        ask, first, end = held
        end.set()
        first.result(30)
        for _ in range(3):
            with pytest.raises(ValueError, match="torn"):
                ask(9, failing).result(30)


@pytest.mark.django_db
class TestStatementLimit:
    def test_a_statement_is_stopped(self, settings):
        settings.STORE_REPORT_SECONDS = 1
        with pytest.raises(ReportTooSlow), statement_limit("default"):
            run(ENDLESS[connection.vendor])
        # The connection serves the next request, without a limit.
        assert run("SELECT 1") == (1,)

    @NESTED
    @pytest.mark.parametrize("limits", [(20, 0.1), (0.1, 20)])
    def test_of_two_limits_the_smaller_one_counts(self, limits):
        begin = monotonic()
        with ExitStack() as stack:
            for seconds in limits:
                stack.enter_context(statement_limits.statement_limit("default", seconds))
            with pytest.raises(OperationalError):
                run(ENDLESS[connection.vendor])
        assert monotonic() - begin < 10

    @NESTED
    def test_the_outer_limit_counts_after_the_inner_one(self):
        with statement_limits.statement_limit("default", 0.5):
            with statement_limits.statement_limit("default", 0.1):
                run("SELECT 1")
            with pytest.raises(OperationalError):
                run(ENDLESS[connection.vendor])

    def test_another_error_stays_what_it_is(self):
        with pytest.raises(OperationalError), statement_limit("default"):
            raise OperationalError

    @pytest.mark.django_db(transaction=True)
    def test_the_limit_ends_with_the_report(self, settings):
        settings.STORE_REPORT_SECONDS = 1
        with statement_limit("default"):
            run("SELECT 1")
        slow = {"mysql": "SELECT SLEEP(1.2)", "postgresql": "SELECT 1 FROM pg_sleep(1.2)"}
        assert run(slow.get(connection.vendor, "SELECT 0"))[0] in (0, 1)


def test_the_api_tells_when_to_try_again(api_client, sign_in, monkeypatch):
    sign_in(is_staff=True)
    monkeypatch.setattr(report_limits.reports, "seconds", 0.01)
    with report_limits.reports.lock:
        response = api_client.get("/store/reports/sales/")
    assert (response.status_code, response["Retry-After"]) == (503, "3")
    assert response.json() == {
        "detail": "Other reports are being computed; please try again.",
        "code": "reports_busy",
    }
