"""Celery workers in processes of their own, which end well or are killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from .conftest import PRODUCTION

SECONDS = 60
OPTIONS = ["--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]


class Worker:
    """A worker with its child processes, as one group of processes."""

    def __init__(self, log: Path, **variables: str) -> None:
        # RabbitMQ lets only one worker have a name, and two runs of the tests may be under way.
        name = ["--hostname", f"{uuid4().hex}@%h"]
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "storefront", "worker", *OPTIONS, *name],
                cwd=settings.BASE_DIR,
                env={
                    **PRODUCTION,
                    "DJANGO_SETTINGS_MODULE": "storefront.settings.prod",
                    "PATH": os.environ["PATH"],
                    **variables,
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End all its processes with -9."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(SECONDS)


@contextmanager
def working(log: Path, **variables: str) -> Iterator[Worker]:
    """Run a worker for as long as the block lasts; the log gets what it prints."""
    worker = Worker(log, **variables)
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            worker.process.terminate()
            worker.process.wait(SECONDS)
