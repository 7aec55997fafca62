"""Starting and stopping the contestants."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .clients import Client
from .options import ROOT

PATIENCE = 60
# Below what anybody would call a difference in start times.
POLL = 0.005


@dataclass(frozen=True)
class Contestant:
    """How a server is started; `{port}` in its arguments stands for the port."""

    name: str
    python: Path
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    # What answers with the list of products.
    catalog: str = "/store/products/"


class ServerFailed(Exception):
    """A contestant did not answer; the message ends with what it printed."""


@dataclass(frozen=True, eq=False)
class Server:
    contestant: Contestant
    pid: int
    port: int
    # From the start of its process to the last byte of its first response.
    seconds_to_first_answer: float

    @property
    def name(self) -> str:
        return self.contestant.name

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def catalog(self) -> str:
        return self.contestant.catalog


@contextmanager
def serving(contestant: Contestant, log: Path) -> Iterator[Server]:
    """Serve a contestant until the end of the block; the log gets what it prints."""
    port = free_port()
    arguments = [argument.format(port=port) for argument in contestant.arguments]
    started = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(contestant.python), *arguments],
            cwd=contestant.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **contestant.environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for_answer(process, port, contestant, log)
        yield Server(contestant, process.pid, port, time.perf_counter() - started)
    finally:
        stop(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_answer(
    process: subprocess.Popen[bytes], port: int, contestant: Contestant, log: Path
) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            response = Client(port).get(contestant.catalog)
        except OSError:
            time.sleep(POLL)
        else:
            if response.status == 200:
                return
            break
    raise ServerFailed(f"{contestant.name} does not answer.\n{log.read_text()[-3000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a session, and what it left behind."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    # Granian, stopped while its workers start, forgets one of them.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
