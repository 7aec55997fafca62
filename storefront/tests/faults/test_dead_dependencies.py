"""What each dependency that is away, or silent, does to each kind of request."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from threading import Event
from time import monotonic
from urllib.parse import urlsplit

import pytest

from ..serving import production, serving
from .addresses import database_address, database_url
from .probes import Probe, Result, Visitors, meet_visitors, probes, send
from .proxies import Proxy

NEEDS_NO_DATABASE = {"live", "admin's sign-in page"}
DEGRADING = {"cache", "broker", "storage", "replica"}
S3 = {
    "AWS_STORAGE_BUCKET_NAME": "shop",
    "AWS_S3_REGION_NAME": "us-east-1",
    "AWS_ACCESS_KEY_ID": "shop",
    "AWS_SECRET_ACCESS_KEY": "sesame",
}
# Seconds.
PATIENCE = 15
READY_WITHIN = 2
# How each fails, and the shop that it fails to.
FAILURES = {
    "reduced": {"away": Proxy.refuse},
    "full": {"away": Proxy.refuse, "silent": Proxy.hang},
}
APPLICATIONS = {"reduced": "storefront.tests.faults.recoveries", "full": "storefront.wsgi"}
Table = dict[str, dict[str, Result]]

pytestmark = [
    pytest.mark.faults,
    pytest.mark.redis,
    pytest.mark.s3,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    import boto3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", S3["AWS_ACCESS_KEY_ID"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", S3["AWS_SECRET_ACCESS_KEY"])
    s3 = boto3.resource("s3", endpoint_url=s3_server, region_name=S3["AWS_S3_REGION_NAME"])
    s3.create_bucket(Bucket=S3["AWS_STORAGE_BUCKET_NAME"])
    return s3_server


@pytest.fixture
def proxies(redis_url: str, bucket: str) -> Iterator[dict[str, Proxy]]:
    redis, s3 = urlsplit(redis_url), urlsplit(bucket)
    addresses = {
        "cache": (str(redis.hostname), redis.port or 6379),
        "broker": (str(redis.hostname), redis.port or 6379),
        "storage": (str(s3.hostname), s3.port or 80),
        # Nobody need listen there: nothing is read from what it takes.
        "sentry": (str(redis.hostname), redis.port or 6379),
    }
    if database := database_address():
        addresses |= {"database": database, "replica": database}
    with ExitStack() as stack:
        proxies = {}
        for name, address in addresses.items():
            proxies[name] = Proxy(*address)
            stack.callback(proxies[name].stop)
        yield proxies


@pytest.fixture
def shop(
    proxies: dict[str, Proxy], redis_url: str, tmp_path: Path, pytestconfig: pytest.Config
) -> Iterator[str]:
    """The shop with every optional service, each behind its proxy."""
    number = urlsplit(redis_url).path

    def local(name: str) -> tuple[str, int]:
        return "127.0.0.1", proxies[name].port

    variables = {
        **production(tmp_path),
        "DATABASE_URL": database_url(),
        "REDIS_URL": "redis://{}:{}".format(*local("cache")) + number,
        "BROKER_URL": "redis://{}:{}".format(*local("broker")) + number,
        "SENTRY_DSN": "http://key@{}:{}/1".format(*local("sentry")),
        **S3,
        "AWS_S3_ENDPOINT_URL": "http://{}:{}".format(*local("storage")),
        "THROTTLE_CREDENTIALS": "1000/min",
    }
    if "database" in proxies:
        variables["DATABASE_URL"] = database_url(local("database"))
        variables["DATABASE_REPLICA_URLS"] = database_url(local("replica"))
    # One process: each keeps its own memory of a cache that failed, and `ready` tells that of one.
    application = APPLICATIONS[pytestconfig.getoption("--faults")]
    log = tmp_path / "gunicorn.log"
    with serving(log, "--workers", "1", application=application, **variables) as url:
        yield url


def ask_all(url: str, visitors: Visitors) -> dict[str, Result]:
    # The rows are made first, over the tests' own way to the database.
    return {probe.name: send(url, probe, seconds=PATIENCE) for probe in list(probes(visitors))}


def await_ready(url: str) -> None:
    deadline = monotonic() + 30
    probe = Probe("ready", "GET", "/health/ready/")
    while send(url, probe, seconds=5).body != b'{"status": "ok"}':
        assert monotonic() < deadline, "the shop did not recover"
        Event().wait(0.05)


def is_good(response: Result) -> bool:
    return response.status is not None and response.status < 300


def show(table: Table) -> Iterator[str]:
    names = list(table)
    yield " | ".join(["| request", *names]) + " |"
    yield "|---" * (len(names) + 1) + "|"
    for probe in table["all well"]:
        cells = [table[name][probe] for name in names]
        texts = [f"{cell.status or 'none'}, {cell.seconds * 1000:.0f} ms" for cell in cells]
        yield " | ".join([f"| {probe}", *texts]) + " |"


def expected(dependency: str, probe: str, well: Result) -> int | None:
    """Return the status that a request should have while the dependency is away."""
    if dependency == "database" and probe not in NEEDS_NO_DATABASE:
        return 503
    if dependency == "storage" and probe == "upload picture":
        return 503
    return well.status


def check(dependency: str, responses: dict[str, Result], well: dict[str, Result]) -> None:
    statuses = {probe: response.status for probe, response in responses.items()}
    assert statuses == {probe: expected(dependency, probe, well[probe]) for probe in responses}
    slow = {
        probe: response.seconds
        for probe, response in responses.items()
        if response.seconds > PATIENCE
    }
    assert slow == {}
    assert responses["ready"].seconds < READY_WITHIN
    if dependency in DEGRADING:
        state = json.loads(responses["ready"].body)
        assert (state["status"], state["failed"]) == ("degraded", [dependency])


def test_nothing_fails_that_does_not_need_it(
    shop: str,
    proxies: dict[str, Proxy],
    report_figures: Callable[[str], None],
    pytestconfig: pytest.Config,
) -> None:
    visitors = meet_visitors(shop)
    await_ready(shop)
    well = ask_all(shop, visitors)
    assert {
        probe: response.status for probe, response in well.items() if not is_good(response)
    } == {}
    table: Table = {"all well": well}
    failures = FAILURES[pytestconfig.getoption("--faults")]
    for (dependency, proxy), (failure, fail) in product(proxies.items(), failures.items()):
        fail(proxy)
        responses = ask_all(shop, visitors)
        proxy.forward()
        table[f"{dependency} {failure}"] = responses
        await_ready(shop)
    for line in show(table):
        report_figures(line)
    for name, responses in table.items():
        check(name.split()[0], responses, well)
