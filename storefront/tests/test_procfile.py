"""The whole shop as production starts it: the processes of the Procfile, MariaDB, Redis and a mail server."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from outbox.tests.smtp import MailServer

from .parallel import free_port
from .processes import Process
from .serving import Visitor, manage, production

PASSWORD = "a-L0ng-way-Round"
# What each process says once it works.
READY = {"web": "Booting worker", "worker": " ready.", "beat": "beat: Starting"}


@pytest.fixture
def fresh_database(transactional_db: None) -> Iterator[str]:
    """The address of an empty database beside that of the tests."""
    at = connection.settings_dict
    name = f"{at['NAME']}_procfile"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
        cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
    password = f":{at['PASSWORD']}" if at["PASSWORD"] else ""
    yield f"mysql://{at['USER']}{password}@{at['HOST']}:{at['PORT']}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE `{name}`")


@pytest.fixture
def variables(
    fresh_database: str, redis_url: str, smtp_server: MailServer, tmp_path: Path
) -> dict[str, str]:
    return {
        **production(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DATABASE_URL": fresh_database,
        "REDIS_URL": redis_url,
        "EMAIL_HOST": smtp_server.host,
        "EMAIL_PORT": str(smtp_server.port),
        "BEAT_SCHEDULE_FILE": str(tmp_path / "celerybeat-schedule"),
        "PORT": str(free_port()),
    }


@pytest.fixture
def start(variables: dict[str, str]) -> Iterator[Callable[[str], Process]]:
    """Start a process of the Procfile as the container's entrypoint does, and wait until it works."""
    with ExitStack() as stack:

        def start(name: str) -> Process:
            process = Process("docker/entrypoint.sh", name, variables=variables)
            stack.callback(process.kill)
            if name in READY:
                process.wait_for(READY[name])
            return process

        yield start


def sign_in(address: str, username: str) -> Visitor:
    visitor = Visitor(address)
    tokens = visitor.post("/auth/jwt/create/", {"username": username, "password": PASSWORD})
    visitor.token = tokens["access"]
    return visitor


def stock_up(address: str, variables: dict[str, str]) -> int:
    """Have a member of staff offer something, and return its id."""
    account = {
        **{"DJANGO_SUPERUSER_USERNAME": "boss", "DJANGO_SUPERUSER_PASSWORD": PASSWORD},
        "DJANGO_SUPERUSER_EMAIL": "boss@example.com",
    }
    manage("createsuperuser", "--noinput", **variables, **account)
    staff = sign_in(address, "boss")
    collection = staff.post("/store/collections/", {"title": "Kitchen"})
    product = {
        **{"title": "Mug", "slug": "mug", "inventory": 100, "unit_price": 12.5},
        "collection": collection["id"],
    }
    return staff.post("/store/products/", product)["id"]


def order(shopper: Visitor, product: int) -> Any:
    cart = shopper.post("/store/carts/", {})["id"]
    shopper.post(f"/store/carts/{cart}/items/", {"product_id": product, "quantity": 2})
    return shopper.post("/store/orders/", {"cart_id": cart})


def figures_of(waits: list[float]) -> str:
    return ", ".join(f"{wait * 1000:.0f} ms" for wait in sorted(waits))


@pytest.mark.mariadb
@pytest.mark.redis
@pytest.mark.faults
def test_an_order_over_http_ends_in_a_mail(
    start: Callable[[str], Process],
    variables: dict[str, str],
    smtp_server: MailServer,
    pytestconfig: pytest.Config,
    report_figures: Callable[[str], None],
) -> None:
    assert start("release").process.wait(120) == 0
    web, worker, beat = start("web"), start("worker"), start("beat")
    address = f"http://127.0.0.1:{variables['PORT']}"
    product = stock_up(address, variables)
    account = {"username": "kim", "password": PASSWORD, "email": "kim@example.com"}
    Visitor(address).post("/auth/users/", account)
    shopper = sign_in(address, "kim")
    # The link that confirms the address.
    smtp_server.wait_for(1)
    waits = []
    for number in range(1, 11 if pytestconfig.getoption("--faults") == "full" else 3):
        started = monotonic()
        placed = order(shopper, product)
        letters = smtp_server.wait_for(number + 1)
        waits.append(monotonic() - started)
        assert len(letters) == number + 1
        assert letters[-1].recipients == ["kim@example.com"]
        assert str(placed["id"]) in letters[-1].message["Subject"]
    assert len({letter.message_id for letter in smtp_server.received}) == len(waits) + 1
    report_figures(f"Order placed over HTTP -> mail received: {figures_of(waits)}")
    assert [process.stop() for process in (web, worker, beat)] == [0, 0, 0]
    # Which suffix it has is the platform's choice.
    schedule = Path(variables["BEAT_SCHEDULE_FILE"])
    assert list(schedule.parent.glob(f"{schedule.name}*"))


def test_the_procfile_names_what_a_platform_starts() -> None:
    lines = Path(settings.BASE_DIR, "Procfile").read_text().splitlines()
    assert [line.split(":")[0] for line in lines] == ["release", "web", "worker", "beat"]
