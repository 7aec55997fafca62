"""What runs side by side ends together, with all that it has started."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from select import select
from typing import Any, BinaryIO

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

SECONDS = 60
RUN = """
import sys
from storefront.development import together
together.SECONDS_TO_END = {seconds}
sys.exit(together.run_together({commands}))
"""
# A process with one of its own, which holds the pipe that this is given.
PARENT = ["sh", "-c", "sleep 600 > $0 & echo ready; wait"]
STUBBORN = ["sh", "-c", "trap '' TERM; sleep 600 > $0; sleep 600"]
SLEEPER = ["sh", "-c", "sleep 600"]
Start = Callable[..., "Run"]


class Run:
    def __init__(self, folder: Path, commands: dict[str, list[str]], seconds: float) -> None:
        pipe = folder / "pipe"
        # Whoever reads from it waits for a line of the test.
        self.now = folder / "pipe.now"
        os.mkfifo(pipe)
        os.mkfifo(self.now)
        given = {name: [*command, str(pipe)] for name, command in commands.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN.format(commands=given, seconds=seconds)],
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        # Waits until one of them has opened it.
        self.pipe: BinaryIO = pipe.open("rb")

    def end(self) -> tuple[str, int]:
        output, _ = self.process.communicate(timeout=SECONDS)
        return output.decode(), self.process.returncode

    def has_left_nobody(self) -> bool:
        readable, _, _ = select([self.pipe], [], [], 10)
        return bool(readable) and self.pipe.read() == b""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(commands: dict[str, list[str]], seconds: float = 10) -> Run:
            run = Run(tmp_path, commands, seconds)
            stack.callback(run.pipe.close)
            stack.callback(run.process.wait, SECONDS)
            stack.callback(run.process.terminate)
            return run

        yield start


def test_each_line_comes_after_its_name(start: Start) -> None:
    output, _ = start({"a": ["sh", "-c", "echo one; : > $0"], "bread": SLEEPER}).end()
    assert "a     | one\n" in output


@pytest.mark.parametrize(("how", "status"), [("exit 0", 1), ("exit 3", 3), ("kill -9 $$", 137)])
def test_when_one_ends_all_end(start: Start, how: str, status: int) -> None:
    run = start({"parent": PARENT, "dying": ["sh", "-c", f'read line < "$0.now"; {how}']})
    run.now.write_text("\n")
    output, returned = run.end()
    assert returned == status
    assert "dying  | ended with status" in output
    assert run.has_left_nobody()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all(start: Start, number: signal.Signals) -> None:
    run = start({"parent": PARENT, "other": SLEEPER})
    run.process.send_signal(number)
    assert run.end()[1] == 128 + number
    assert run.has_left_nobody()


def test_whoever_does_not_listen_is_killed(start: Start) -> None:
    run = start({"stubborn": STUBBORN}, seconds=0.1)
    run.process.terminate()
    assert run.end()[1] == 128 + signal.SIGTERM
    assert run.has_left_nobody()


def test_ends_where_nobody_reads(start: Start) -> None:
    run = start({"talker": ["sh", "-c", "sleep 600 > $0 & yes"]})
    assert run.process.stdout
    run.process.stdout.close()
    assert run.process.wait(SECONDS) == 128 + signal.SIGPIPE
    assert run.has_left_nobody()


class TestReloading:
    CODE = """
import sys
from pathlib import Path
from storefront.development.reloading import run_reloading
sys.exit(run_reloading([sys.executable, sys.argv[1]], [Path(sys.argv[2])]))
"""

    @pytest.fixture
    def script(self, tmp_path: Path) -> Path:
        (tmp_path / "code").mkdir()
        return tmp_path / "code" / "script.py"

    @pytest.fixture
    def process(self, script: Path) -> Iterator["subprocess.Popen[str]"]:
        script.write_text("print('first'); import time; time.sleep(600)")
        with subprocess.Popen(
            [sys.executable, "-u", "-c", self.CODE, script, script.parent],
            cwd=settings.BASE_DIR,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == "first\n"
            yield process
            # Killed, it would leave behind what it runs.
            process.terminate()

    def lines_until(self, process: Any, expected: str) -> str:
        for line in process.stdout:
            if expected in line:
                return line
        raise AssertionError(f"{expected} was not printed.")

    def test_runs_again_when_code_changes(self, script: Path, process: Any) -> None:
        script.write_text("print('second'); import time; time.sleep(600)")
        assert self.lines_until(process, "second")

    def test_a_mistake_waits_for_its_correction(self, script: Path, process: Any) -> None:
        script.write_text("print(")
        assert self.lines_until(process, "Waits for a change")
        script.write_text("print('third'); import time; time.sleep(600)")
        assert self.lines_until(process, "third")
        process.terminate()
        assert process.wait(SECONDS) == 128 + signal.SIGTERM

    def test_ends_with_what_it_runs(self, script: Path, process: Any) -> None:
        script.write_text("print('killed', flush=True); import os; os.kill(os.getpid(), 9)")
        assert process.wait(SECONDS) == 128 + signal.SIGKILL
