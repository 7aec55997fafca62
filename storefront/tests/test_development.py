"""A developer's processes: what each says is missing, and the day with all of them together."""

import json
import os
import shutil
import socket
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import pytest
from django.conf import settings

from storefront.development import __main__ as development

from .parallel import free_port
from .serving import SECONDS, Visitor

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR)
NOBODY = "redis://:secret@127.0.0.1:1/0"
DEVELOPMENT = [sys.executable, "-m", "storefront.development"]
# What each process of `make dev` says once it works.
READY = {
    "server": "Quit the server",
    "worker": " ready.",
    "beat": "beat: Starting",
    "mailbox": "Press Ctrl",
}
Result = subprocess.CompletedProcess[str]


def run(*command: str, folder: Path = ROOT, **variables: str) -> Result:
    return subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, timeout=SECONDS
    )


class TestWhatIsMissing:
    def test_redis_is_named(self) -> None:
        result = run(*DEVELOPMENT, "worker", REDIS_URL=NOBODY)
        assert (result.stdout, result.returncode) == ("", 1)
        assert result.stderr == (
            "Redis does not answer at redis://:**@127.0.0.1:1/0: start it, or name another in REDIS_URL.\n"
        )

    def test_redis_is_asked_for_by_whoever_needs_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(development, "missing_broker", lambda: ["Redis"])
        # Any port is free.
        ports = {option: "0" for options in development.PROCESSES.values() for option in options}
        missing = {
            name: [*development.what_is_missing(Namespace(names=[name], **ports))]
            for name in development.PROCESSES
        }
        asking = {name for name, lines in missing.items() if lines == ["Redis"]}
        assert asking == {"worker", "beat", "flower"}

    def test_a_port_that_is_taken_is_named(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = str(listener.getsockname()[1])
            ports = ["--smtp-port", port, "--mailbox-port", "0"]
            result = run(*DEVELOPMENT, "mailbox", *ports)
        assert (result.stdout, result.returncode) == ("", 1)
        assert result.stderr == (
            f"Port {port} of the mailbox is not free: give it another, SMTP_PORT=...\n"
        )

    @pytest.mark.parametrize("target", ["dev", "mailbox"])
    def test_node_is_named_before_anything_is_made(self, target: str, tmp_path: Path) -> None:
        shutil.copy(ROOT / "Makefile", tmp_path)
        make = shutil.which("make") or ""
        result = run(make, target, folder=tmp_path, PATH=str(tmp_path))
        assert (result.stdout, result.returncode) == ("", 2)
        assert result.stderr.splitlines()[0].startswith("This needs Node.js 20 or newer")
        assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]

    def test_without_a_mailbox_nobody_asks_for_node(self) -> None:
        result = run("make", "--dry-run", "dev", "MAILBOX=no", PATH=os.environ["PATH"])
        assert "node" not in result.stdout
        assert "server worker beat" in result.stdout


class TestVariables:
    SHOW = """
import json
from argparse import Namespace
from storefront.development.__main__ import variables
print(json.dumps(variables(Namespace(names=["worker"]))))
"""

    @pytest.mark.parametrize(
        ("given", "redis"),
        [
            ("", development.LOCAL_REDIS),
            ("REDIS_URL=", development.LOCAL_REDIS),
            ("REDIS_URL=redis://other/3", None),
            ("BROKER_URL=amqp://other//", None),
        ],
    )
    def test_the_redis_of_this_machine_is_added_where_none_is_named(
        self, tmp_path: Path, given: str, redis: str | None
    ) -> None:
        (tmp_path / "storefront").mkdir()
        for name in ("__init__.py", "celery.py", "settings", "development"):
            copy = shutil.copyfile if name.endswith(".py") else shutil.copytree
            copy(ROOT / "storefront" / name, tmp_path / "storefront" / name)
        (tmp_path / ".env").write_text(given)
        found = json.loads(run(sys.executable, "-c", self.SHOW, folder=tmp_path).stdout)
        assert found.get("REDIS_URL") == redis
        assert found["DJANGO_SETTINGS_MODULE"] == "storefront.settings.dev"
        assert "EMAIL_HOST" not in found


@contextmanager
def running(*command: str, **variables: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a command for as long as the block lasts, in a group of its own as a terminal does."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=SECONDS)


def read_until(process: "subprocess.Popen[str]", *texts: str) -> list[str]:
    """Read lines until each of these texts has come, and return the line of each."""
    found: dict[str, str] = {}
    assert process.stdout
    for line in process.stdout:
        found |= {text: line for text in texts if text in line}
        if len(found) == len(texts):
            return [found[text] for text in texts]
    raise AssertionError(f"Came to its end with {found}.")


class Day(NamedTuple):
    process: "subprocess.Popen[str]"
    shop: str
    mailbox: str


@pytest.fixture
def day(tmp_path: Path, redis_url: str, migrated_database: Path) -> Iterator[Day]:
    """What `make dev` starts, once each of them works."""
    shutil.copy(migrated_database, tmp_path / "shop.sqlite3")
    shop, smtp, mailbox = (str(free_port()) for _ in range(3))
    ports = ["--port", shop, "--smtp-port", smtp, "--mailbox-port", mailbox]
    variables = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.sqlite3'}",
        "REDIS_URL": redis_url,
        # Of another mail server, as a file .env may have them.
        "EMAIL_HOST": "mail.example.com",
        "EMAIL_HOST_USER": "shop",
        "EMAIL_USE_SSL": "true",
    }
    command = [*DEVELOPMENT, *READY, "--folder", str(tmp_path), *ports]
    with running(*command, **variables) as process:
        lines = read_until(process, *READY.values())
        assert [line.split()[0] for line in lines] == [*READY]
        yield Day(process, f"http://127.0.0.1:{shop}", f"http://127.0.0.1:{mailbox}")


@pytest.mark.django_db
@pytest.mark.redis
@pytest.mark.mailbox
def test_a_mail_goes_through_the_worker_into_the_mailbox(day: Day) -> None:
    visitor = Visitor(day.shop)
    account = {"username": "kim", "password": "a-L0ng-way-Round", "email": "kim@b\u00fccher.de"}
    visitor.post("/auth/users/", account)
    [sent, _] = read_until(day.process, "Task outbox.tasks.send_mail", "Received: ")
    assert sent.startswith("worker ")
    with urlopen(f"{day.mailbox}/api/email", timeout=SECONDS) as response:
        [mail] = json.load(response)
    assert mail["to"][0]["address"] == account["email"]
    assert "/activate/" in mail["text"]
