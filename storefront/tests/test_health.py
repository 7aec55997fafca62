"""What a load balancer is told, whatever is away or silent, and how soon."""

import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event, active_count
from time import monotonic
from typing import Any

import pytest
from django.core.files.storage import Storage
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from storefront.health import checks
from storefront.settings.caches import cache_at

LIVE = "/health/live/"
READY = "/health/ready/"
OK = (200, {"status": "ok"})


@pytest.fixture(autouse=True)
def _start_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(checks, "_pending", {})
    checks.check_migrations.cache_clear()
    yield
    checks.check_migrations.cache_clear()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give what is silent less time."""
    monkeypatch.setattr(checks, "DEADLINE", 0.8)


@pytest.fixture
def silent_port(soon: None) -> Iterator[int]:
    """A port where a connection is accepted and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


@pytest.fixture
def refused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def port(request: pytest.FixtureRequest) -> int:
    return request.getfixturevalue(request.param)


AWAY = pytest.mark.parametrize("port", ["refused_port", "silent_port"], indirect=True)


def ask(client: Client) -> tuple[int, Any]:
    started = monotonic()
    response = client.get(READY)
    assert monotonic() - started < 2
    return response.status_code, response.json()


def degraded(*names: str) -> tuple[int, Any]:
    return 200, {"status": "degraded", "failed": list(names)}


def unavailable(*names: str) -> tuple[int, Any]:
    return 503, {"status": "unavailable", "failed": list(names)}


class BrokenStorage(Storage):
    def exists(self, name: str) -> bool:
        raise OSError("a secret of the storage")


class TestLive:
    def test_touches_nothing(self, client: Client, settings: Any) -> None:
        settings.CACHES = {"default": cache_at("redis://127.0.0.1:1")}
        client.cookies["sessionid"] = "x" * 32
        response = client.get(LIVE)
        assert (response.status_code, response.json()) == OK
        assert not response.cookies

    def test_tells_its_length_so_that_the_connection_stays(self, client: Client) -> None:
        response = client.get("/health/live/")
        assert response["Content-Length"] == str(len(response.content))

    def test_only_reads(self, client: Client) -> None:
        for url in (LIVE, READY):
            assert client.post(url).status_code == 405

    @pytest.mark.django_db
    @pytest.mark.parametrize("url", [LIVE, READY])
    def test_is_asked_by_address_over_http(self, client: Client, settings: Any, url: str) -> None:
        settings.SECURE_SSL_REDIRECT = True
        assert client.get(url, HTTP_HOST="10.0.0.7:8000").status_code == 200
        assert client.get("/", HTTP_HOST="localhost").status_code == 301

    def test_an_address_without_its_slash_leads_there(self, client: Client) -> None:
        assert client.get("/health/live").headers["Location"] == LIVE
        assert client.get("/health/nothing/").status_code == 404


@pytest.mark.django_db
class TestReady:
    def test_ready(self, client: Client) -> None:
        assert ask(client) == OK

    def test_the_migrations_are_looked_up_once(self, client: Client) -> None:
        statements: list[str] = []

        def note(execute: Callable, sql: str, *rest: Any) -> Any:
            statements.append(sql)
            return execute(sql, *rest)

        def watch(connection: Any, **kwargs: Any) -> None:
            connection.execute_wrappers.append(note)

        connection_created.connect(watch)
        try:
            assert ask(client) == OK
            first, statements[:] = statements[:], []
            assert ask(client) == OK
        finally:
            connection_created.disconnect(watch)
        assert any("django_migrations" in sql for sql in first)
        assert [sql for sql in statements if "init" not in sql] == ["SELECT 1"]

    @pytest.mark.parametrize(
        "url",
        [
            None,
            pytest.param("redis_url", marks=pytest.mark.redis),
            pytest.param("rabbitmq_url", marks=pytest.mark.rabbitmq),
        ],
    )
    def test_probes_leave_nothing_open(
        self, client: Client, settings: Any, url: str | None, request: pytest.FixtureRequest
    ) -> None:
        if url:
            settings.CELERY_BROKER_URL = request.getfixturevalue(url)
        if url == "redis_url":
            settings.CACHES = {"default": cache_at(settings.CELERY_BROKER_URL)}
        assert ask(client) == OK
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(20):
            assert ask(client) == OK
        assert len(os.listdir("/proc/self/fd")) <= before

    def test_many_probes_at_once_are_all_answered(self, client: Client) -> None:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda _: ask(Client()), range(24))) == [OK] * 24


class TestDatabase:
    @pytest.fixture
    def moved_to(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
        """Make the next connections look for the database elsewhere."""

        def moved_to(port: int) -> None:
            nowhere = {"NAME": "/nowhere/db.sqlite3", "HOST": "127.0.0.1", "PORT": str(port)}
            for name in ["NAME"] if connection.vendor == "sqlite" else ["HOST", "PORT"]:
                monkeypatch.setitem(connection.settings_dict, name, nowhere[name])

        return moved_to

    @pytest.mark.django_db(transaction=True)
    def test_not_ready_without_one(
        self, client: Client, moved_to: Callable, refused_port: int, caplog: Any
    ) -> None:
        moved_to(refused_port)
        assert ask(client) == unavailable("database")
        assert ("ERROR", "Health: database fails: OperationalError") in [
            (record.levelname, record.message) for record in caplog.records
        ]
        assert str(refused_port) not in caplog.text

    @pytest.mark.row_locks
    @pytest.mark.django_db(transaction=True)
    def test_a_silent_one_holds_nobody_up(
        self, client: Client, moved_to: Callable, silent_port: int
    ) -> None:
        moved_to(silent_port)
        threads = active_count()
        assert [ask(client) for _ in range(5)] == [unavailable("database")] * 5
        assert active_count() <= threads + 1

    @pytest.mark.django_db(transaction=True)
    def test_not_ready_before_its_migrations(self, client: Client) -> None:
        recorder = MigrationRecorder(connection)
        latest = recorder.migration_qs.filter(app="outbox").latest("name").name
        recorder.record_unapplied("outbox", latest)
        try:
            assert [ask(client) for _ in range(2)] == [unavailable("migrations")] * 2
        finally:
            recorder.record_applied("outbox", latest)
        assert ask(client) == OK

    @pytest.mark.django_db
    def test_degraded_without_a_replica(
        self, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, refused_port: int
    ) -> None:
        settings.DATABASE_REPLICAS = ["replica1", "replica2"]
        nowhere = {"NAME": "/nowhere/db.sqlite3", "HOST": "127.0.0.1", "PORT": str(refused_port)}
        gone = {**connection.settings_dict, **nowhere}
        monkeypatch.setitem(connections.databases, "replica1", gone)
        monkeypatch.setitem(connections.databases, "replica2", gone)
        assert ask(client) == degraded("replica")


@pytest.mark.django_db
class TestOthers:
    def test_what_is_silent_leaves_time_for_the_answer(self) -> None:
        assert checks.DEADLINE <= 1.5

    @AWAY
    def test_degraded_without_the_cache(self, client: Client, settings: Any, port: int) -> None:
        settings.CACHES = {"default": cache_at(f"redis://127.0.0.1:{port}")}
        assert [ask(client) for _ in range(2)] == [degraded("cache")] * 2

    @pytest.mark.parametrize(
        ("scheme", "port"),
        [("redis", "refused_port"), ("amqp", "refused_port"), ("amqp", "silent_port")],
        indirect=["port"],
    )
    def test_degraded_without_the_broker(
        self, client: Client, settings: Any, port: int, scheme: str
    ) -> None:
        settings.CELERY_BROKER_URL = f"{scheme}://127.0.0.1:{port}"
        for _ in range(2):
            assert ask(client) == degraded("broker")

    def test_degraded_without_a_folder_for_files(
        self, client: Client, settings: Any, tmp_path: Path
    ) -> None:
        settings.MEDIA_ROOT = tmp_path / "made" / "later"
        assert ask(client) == OK
        (tmp_path / "made").touch()
        assert ask(client) == degraded("storage")

    def test_degraded_without_a_bucket(self, client: Client, settings: Any) -> None:
        broken = {"BACKEND": f"{__name__}.BrokenStorage"}
        settings.STORAGES = {**settings.STORAGES, "default": broken}
        assert ask(client) == degraded("storage")

    def test_names_all_that_fail(self, client: Client, settings: Any, refused_port: int) -> None:
        settings.CACHES = {"default": cache_at(f"redis://127.0.0.1:{refused_port}")}
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{refused_port}"
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": f"{__name__}.BrokenStorage"},
        }
        assert ask(client) == degraded("cache", "broker", "storage")

    def test_what_hangs_is_asked_once(
        self, client: Client, soon: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []
        release = Event()

        def hang() -> None:
            asked.append(1)
            release.wait(30)

        with ExitStack() as stack:
            stack.callback(release.set)
            monkeypatch.setattr(checks, "check_storage", hang)
            assert ask(client) == degraded("storage")
            started = monotonic()
            assert [ask(client) for _ in range(10)] == [degraded("storage")] * 10
            # Not waited for again.
            assert monotonic() - started < 3 * checks.DEADLINE
            assert len(asked) == 1
        checks._pending["storage"].result.result(10)
        assert ask(client) == OK
        assert len(asked) == 2
