"""What the shop does with a real Redis, and what it does when that Redis is gone or hangs."""

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis import Redis
from rest_framework.test import APIClient

from store.tests.reports.queries import selects
from storefront.settings.caches import REDIS_TIMEOUT, cache_at

pytestmark = [pytest.mark.redis, pytest.mark.django_db]

REPORT = "/store/reports/low_stock/"
SIGN_IN = "/auth/jwt/create/"
WRONG = {"username": "ann", "password": "wrong"}


@pytest.fixture
def use_redis(settings: Any) -> Callable[[str], None]:
    def use_redis(url: str) -> None:
        settings.CACHES = {"default": cache_at(url)}

    return use_redis


class Server:
    """A Redis of the test's own, to be killed or frozen."""

    def __init__(self, port: int) -> None:
        self.url = f"redis://127.0.0.1:{port}/0"
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        assert any("Ready to accept" in line for line in self.process.stdout)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(use_redis: Callable[[str], None]) -> Iterator[Server]:
    """A Redis of the test's own, to be frozen and killed; the test is marked `redis_server`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(port)
    use_redis(server.url)
    with server.process:
        yield server
        server.kill()


@pytest.fixture
def staff(authenticate: Callable[..., None], api_client: APIClient) -> APIClient:
    authenticate(is_staff=True)
    return api_client


@pytest.fixture
def _two_a_minute(settings: Any) -> None:
    settings.CREDENTIALS_RATE = (2, 60)


def forget_the_failure() -> None:
    """As if the seconds in which Redis is not asked had passed."""
    pool: Any = cache.client.get_client().connection_pool
    pool.retry_at = 0.0


class TestThere:
    def test_a_report_is_kept_for_a_minute(
        self,
        use_redis: Callable[[str], None],
        redis_url: str,
        staff: APIClient,
    ) -> None:
        use_redis(redis_url)

        with CaptureQueriesContext(connection) as first:
            staff.get(REPORT)
        with CaptureQueriesContext(connection) as again:
            staff.get(REPORT)
        assert [len(selects(queries)) for queries in (first, again)] == [2, 1]

        with Redis.from_url(redis_url) as redis:
            (key,) = redis.keys()
            assert key.startswith(b"storefront:2:report:")
            assert 50 < redis.ttl(key) <= 60

    @pytest.mark.usefixtures("_two_a_minute")
    def test_guesses_are_counted(
        self, use_redis: Callable[[str], None], redis_url: str, api_client: APIClient
    ) -> None:
        use_redis(redis_url)

        responses = [api_client.post(SIGN_IN, WRONG).status_code for _ in range(3)]

        assert responses == [401, 401, 429]


@pytest.mark.redis_server
class TestAway:
    @pytest.mark.usefixtures("_two_a_minute")
    @pytest.mark.parametrize("end", ["kill", "freeze"])
    def test_costs_one_wait_and_no_answer(
        self,
        server: Server,
        staff: APIClient,
        caplog: pytest.LogCaptureFixture,
        end: str,
    ) -> None:
        assert staff.get(REPORT).status_code == 200
        getattr(server, end)()

        started = monotonic()
        statuses = [staff.get(REPORT).status_code for _ in range(3)]
        statuses += [APIClient().post(SIGN_IN, WRONG).status_code for _ in range(3)]
        seconds = monotonic() - started

        # While it is away the database counts.
        assert statuses == [200] * 3 + [401, 401, 429]
        # A wait for each request, not for each operation, would make it six.
        assert seconds < 5 * REDIS_TIMEOUT
        assert [
            record.message for record in caplog.records if record.name == "storefront.caches.redis"
        ] == ["Redis fails; the cache is empty for 5 seconds"]

    def test_is_asked_again_later(self, server: Server, caplog: pytest.LogCaptureFixture) -> None:
        cache.set("name", "value")
        server.freeze()
        assert cache.get("name") is None
        server.thaw()
        assert cache.get("name") is None

        forget_the_failure()

        assert cache.get("name") == "value"

    def test_was_never_there(self, use_redis: Callable[[str], None], staff: APIClient) -> None:
        # A port on which nobody listens: bound, not listening.
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            use_redis(f"redis://127.0.0.1:{closed.getsockname()[1]}/0")

            assert staff.get(REPORT).status_code == 200
            assert staff.get("/store/products/").status_code == 200
            assert cache.get_or_set("name", "value") == "value"
            assert cache.add("name", "value") is None


@pytest.mark.redis_server
def test_an_operation_is_tried_once(server: Server) -> None:
    assert cache.client.get_client().connection_pool.make_connection().retry.get_retries() == 0
