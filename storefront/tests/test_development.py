"""A developer's processes: what each says is missing, and the day with all of them together."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings

from outbox.tests.smtp import free_port

from .serving import SECONDS, Visitor

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR)
NOBODY = "redis://:secret@127.0.0.1:1/0"
DEVELOPMENT = [sys.executable, "-m", "storefront.development"]
Result = subprocess.CompletedProcess[str]


def run(*command: str, folder: Path = ROOT, **variables: str) -> Result:
    return subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, timeout=SECONDS
    )


class TestWhatIsMissing:
    @pytest.mark.parametrize("names", [("worker",), ("beat",), ("server", "flower")])
    def test_redis_is_named(self, names: tuple[str, ...]) -> None:
        result = run(*DEVELOPMENT, *names, "--port", str(free_port()), REDIS_URL=NOBODY)
        assert (result.stdout, result.returncode) == ("", 1)
        assert result.stderr == (
            "Redis does not answer at redis://:**@127.0.0.1:1/0: start it, or name another in REDIS_URL.\n"
        )

    def test_a_port_that_is_taken_is_named(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = str(listener.getsockname()[1])
            result = run(*DEVELOPMENT, "mailbox", "--smtp-port", port)
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
        assert result.stderr.splitlines()[0].startswith("The mailbox needs Node.js 20 or newer")
        assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]

    def test_without_a_mailbox_nobody_asks_for_node(self) -> None:
        result = run("make", "--dry-run", "dev", "MAILBOX=no", PATH=os.environ["PATH"])
        assert "node" not in result.stdout
        assert "server worker beat" in result.stdout


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


def read_until(process: "subprocess.Popen[str]", *marks: str) -> list[str]:
    """Read lines until each of these texts has come, and return the line of each."""
    found: dict[str, str] = {}
    assert process.stdout
    for line in process.stdout:
        found |= {mark: line for mark in marks if mark in line}
        if len(found) == len(marks):
            return [found[mark] for mark in marks]
    raise AssertionError(f"Came to its end with {found}.")


@pytest.mark.django_db
@pytest.mark.redis
@pytest.mark.mailbox
def test_a_mail_goes_through_the_worker_into_the_mailbox(
    tmp_path: Path, redis_url: str, migrated_database: Path
) -> None:
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
    names = ["server", "worker", "beat", "mailbox"]
    with running(*DEVELOPMENT, *names, "--folder", str(tmp_path), *ports, **variables) as day:
        ready = ["Quit the server", " ready.", "beat: Starting", "Press Ctrl"]
        lines = read_until(day, *ready)
        assert [line.split()[0] for line in lines] == ["server", "worker", "beat", "mailbox"]
        visitor = Visitor(f"http://127.0.0.1:{shop}")
        account = {"username": "kim", "password": "a-L0ng-way-Round", "email": "kim@b\u00fccher.de"}
        visitor.post("/auth/users/", account)
        body = json.dumps({"email": account["email"]}).encode()
        visitor.ask("/auth/users/reset_password/", "POST", body, Content_Type="application/json")
        [sent, _] = read_until(day, "Task outbox.tasks.send_mail", "Received: ")
        assert sent.startswith("worker ")
        with urlopen(f"http://127.0.0.1:{mailbox}/api/email", timeout=SECONDS) as answer:
            [mail] = json.load(answer)
    assert mail["to"][0]["address"] == account["email"]
    assert "/password/reset/confirm/" in mail["text"]
    assert day.returncode == 128 + signal.SIGTERM
