"""Processes of the shop, with what they log."""

import json
import os
import signal
import subprocess
from queue import SimpleQueue
from threading import Thread
from typing import Any

from django.conf import settings

SECONDS = 60


class Process:
    """A process whose log can be waited for."""

    def __init__(self, *command: str, variables: dict[str, str], **options: Any) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=variables,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
            **options,
        )
        self.lines: SimpleQueue[str] = SimpleQueue()
        # In a thread, or a pipe that nobody reads would stop the process once it is full.
        self.reader = Thread(target=self.read)
        self.reader.start()

    def read(self) -> None:
        assert self.process.stderr
        with self.process.stderr as output:
            for line in output:
                self.lines.put(line)

    def wait_for(self, message: str) -> dict[str, str]:
        """Return the next line of the log that has this message."""
        while message not in (line := self.lines.get(timeout=SECONDS)):
            pass
        return json.loads(line)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS)
        self.reader.join(SECONDS)
