"""Fixtures of the whole project, and the options that say what a run must have."""

import fcntl
import gc
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import TestCase
from redis import Redis
from rest_framework.test import APIClient

from core.tests.passwords import PASSWORD
from outbox.tests.smtp import MailServer, serving_mail
from storefront.limits.refusals import refused
from storefront.settings import common
from storefront.tests.chromium import start_chromium
from storefront.tests.flushing import flush_what_tests_made, kept_rows
from storefront.tests.parallel import MOST_WORKERS
from storefront.tests.process_state import changed_state, process_state
from storefront.tests.services import DATABASES, NEEDS, RABBITMQ_URL, REDIS_URL

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

DEVELOPERS_DATABASE = connection.settings_dict["NAME"]
FIGURES = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--services",
        choices=["skip", "use", "require"],
        help="skip the tests that need a service (as folders do), use those that are there (as files do), or require all",
    )
    parser.addoption(
        "--faults",
        choices=["reduced", "full"],
        default="reduced",
        help="length of the race and fault tests",
    )
    parser.addoption(
        "--fuzz-cases", type=int, default=200, help="random requests of schemathesis as each role"
    )
    parser.addoption("--fuzz-seed", type=int, default=17, help="what its random choices start from")
    parser.addoption(
        "--write-codes", action="store_true", help="write the codes of refusals into docs/codes.md"
    )
    parser.addoption(
        "--write-roles", action="store_true", help="write what each role may into docs/roles.md"
    )


def are_files(config: pytest.Config) -> bool:
    return all(".py" in argument for argument in config.args)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Distribute the tests of folders; those of a file or two are done before the workers have started."""
    if are_files(config):
        return 0
    # One more than processors: a third of the time a test waits, for a browser or another process.
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)


def pytest_configure(config: pytest.Config) -> None:
    if not config.option.services:
        config.option.services = "use" if are_files(config) else "skip"


def pytest_collection_finish() -> None:
    # To look through all the modules again and again took six to ten percent of the tests' time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_runtest_setup(item: pytest.Item) -> None:
    services, markers = item.config.option.services, {mark.name for mark in item.iter_markers()}
    for name in sorted(markers & NEEDS.keys()):
        is_there, needs = NEEDS[name]
        if services == "skip" and name not in DATABASES:
            pytest.skip(f"{needs}; make test-all runs it, and so does naming its file")
        if not is_there():
            (pytest.fail if services == "require" else pytest.skip)(needs)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Make the test database and return the path of a copy, where it is a file."""
    path = tmp_path_factory.mktemp("database") / "migrated.sqlite3"
    # Without a test that is marked `django_db` no test database is made.
    assert connection.settings_dict["NAME"] != DEVELOPERS_DATABASE
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(path)) as copy:
                connection.ensure_connection()
                connection.connection.backup(copy)
        flush_what_tests_made(kept_rows())
    return path


@pytest.fixture(scope="session")
def migrated_database(django_db_setup: Path) -> Path:
    """SQLite as the migrations leave it, for shops in processes of their own; the test is marked `django_db`."""
    return django_db_setup


@pytest.fixture(autouse=True)
def _process_as_found() -> Iterator[None]:
    """Fail a test that leaves something behind for the next one of its process, whichever that is."""
    before = process_state()
    yield
    if changes := changed_state(before):
        pytest.fail(f"It left its process changed: {'; '.join(changes)}", pytrace=False)


@pytest.fixture
def monkeypatch(_process_as_found: None) -> Iterator[pytest.MonkeyPatch]:
    """As pytest's own, which pytest-django sets up before any fixture of ours, and undoes after them."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(autouse=True)
def _no_refusal_is_remembered() -> Iterator[None]:
    yield
    refused.clear()


@pytest.fixture(autouse=True)
def _catalog_cache(request: pytest.FixtureRequest) -> None:
    """Put the catalogue's cache where production has it, for a test that is marked `cache`."""
    if request.node.get_closest_marker("cache"):
        request.getfixturevalue("settings").MIDDLEWARE = common.MIDDLEWARE


@pytest.fixture(autouse=True)
def _one_race_at_a_time(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Let one worker race; each takes up to 64 connections, and PostgreSQL has a hundred."""
    if connection.vendor == "sqlite" or not request.node.get_closest_marker("faults"):
        yield
        return
    # The workers of a run share the folder above their own.
    with (tmp_path_factory.getbasetemp().parent / "race.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session", autouse=True)
def _remove_uploads() -> Iterator[None]:
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


@pytest.fixture
def api_client() -> APIClient:
    return APIClient()


class CommittingClient(APIClient):
    """A client after whose requests runs what waits for the commit, as it does outside of a test."""

    def request(self, **kwargs: Any) -> Any:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return super().request(**kwargs)


@pytest.fixture
def committing_client(db: None) -> CommittingClient:
    return CommittingClient()


@pytest.fixture
def authenticate(api_client: APIClient) -> Callable[..., None]:
    """Sign the client in as an unsaved user, for paths that need only a right."""

    def authenticate(is_staff: bool = False) -> None:
        api_client.force_authenticate(user=get_user_model()(is_staff=is_staff))

    return authenticate


@pytest.fixture
def register(db: None) -> Callable[..., Any]:
    """Make a saved user with PASSWORD, not signed in."""

    def register(username: str = "ann", **fields: Any) -> Any:
        return get_user_model().objects.create_user(
            **{"username": username, "email": f"{username}@example.com", "password": PASSWORD}
            | fields
        )

    return register


@pytest.fixture
def sign_in(api_client: APIClient, register: Callable[..., Any]) -> Callable[..., Any]:
    """Sign the client in as a saved user and return it; fields go to the user."""

    def sign_in(username: str = "ann", **fields: Any) -> Any:
        user = register(username, **fields)
        api_client.force_authenticate(user=user)
        return user

    return sign_in


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The address of a Redis database that is empty; the test is marked `redis`."""
    with Redis.from_url(REDIS_URL) as redis:
        redis.flushdb()
        yield REDIS_URL
        redis.flushdb()


@pytest.fixture
def rabbitmq_url() -> str:
    """The address of a RabbitMQ; the test is marked `rabbitmq` and names queues of its own."""
    return RABBITMQ_URL


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[MailServer]:
    """A mail server that collects what the shop sends over SMTP."""
    with serving_mail() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 server without buckets; the test is marked `s3`."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def _chromium(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Chrome]":
    chrome = start_chromium(tmp_path_factory.mktemp("chromium"))
    yield chrome
    chrome.quit()


@pytest.fixture
def browser(_chromium: "Chrome") -> "Iterator[Chrome]":
    """A headless Chromium without anybody's cookies; one process serves the whole run."""
    yield _chromium
    _chromium.delete_all_cookies()
    # Leaves the page, so that it asks nothing of a server that goes down.
    _chromium.get("about:blank")


@pytest.fixture
def report_figures(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Keep a line for the end of the run."""
    return figures_of(pytestconfig).append


def figures_of(config: pytest.Config) -> list[str]:
    return config.stash.setdefault(FIGURES, [])


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = figures_of(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    # A worker that broke down has no output.
    figures_of(node.config).extend(getattr(node, "workeroutput", {}).get("figures", []))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if figures := figures_of(config):
        terminalreporter.section("figures", sep="-")
        terminalreporter.write("".join(f"{line}\n" for line in sorted(figures)))
