"""Processes side by side: each line comes after the name of its process, and when one ends, all end."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic

SECONDS_TO_END = 10
# Ctrl-C, an engine or a supervisor, and a terminal that is closed.
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COLOURS = (36, 33, 32, 35, 34)


class Member:
    """A process that leads a group and a session of its own, so that nothing it starts outlives it."""

    def __init__(self, name: str, command: Sequence[str], output: "Output") -> None:
        self.name = name
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.reader = Thread(target=self.copy, args=[output], daemon=True)
        self.reader.start()

    def copy(self, output: "Output") -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            output.show(self.name, line)

    def end(self, deadline: float) -> None:
        """Wait for the process until then, and kill whatever is left of its group."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0, deadline - monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.reader.join(1)


class Output:
    """The terminal, where lines of several processes meet."""

    def __init__(self, names: Sequence[str], closed: Callable[[], None]) -> None:
        self.closed = closed
        self.lock = Lock()
        width = max(map(len, names))
        self.labels = {name: f"{name:{width}} | " for name in names}
        if sys.stdout.isatty():
            for (name, label), colour in zip(self.labels.items(), COLOURS, strict=False):
                self.labels[name] = f"\033[{colour}m{label}\033[0m"

    def show(self, name: str, line: bytes) -> None:
        with self.lock:
            try:
                sys.stdout.buffer.write(self.labels[name].encode() + line.rstrip(b"\n") + b"\n")
                sys.stdout.flush()
            except OSError:
                # Nobody reads any more. What comes is thrown away, so that the processes can end.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                self.closed()


def run_together(commands: Mapping[str, Sequence[str]]) -> int:
    """Run the commands until one ends or a signal comes, end the others, and return a status other than 0."""
    # Who ended, if anybody did, and the status to leave with, which is what a shell would say.
    ended: SimpleQueue[tuple[str | None, int]] = SimpleQueue()
    for number in ENDINGS:
        signal.signal(number, lambda number, frame: ended.put((None, 128 + number)))
    output = Output(list(commands), closed=lambda: ended.put((None, 128 + signal.SIGPIPE)))
    members: list[Member] = []

    def watch(member: Member) -> None:
        status = member.process.wait()
        ended.put((member.name, 128 - status if status < 0 else status))

    try:
        for name, command in commands.items():
            members.append(Member(name, command, output))
            Thread(target=watch, args=[members[-1]], daemon=True).start()
        first, status = ended.get()
        if first:
            output.show(first, f"ended with status {status}, and so do the others".encode())
    finally:
        for member in members:
            member.process.terminate()
        deadline = monotonic() + SECONDS_TO_END
        for member in members:
            member.end(deadline)
    # None of them is done by itself.
    return status or 1
