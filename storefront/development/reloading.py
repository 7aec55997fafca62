"""`python -m storefront.development.reloading COMMAND...` runs it again whenever the shop's code changes."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from watchfiles import PythonFilter, watch

from storefront.settings.environment import BASE_DIR

APPS = [init.parent for init in BASE_DIR.glob("*/__init__.py")]
SECONDS_TO_END = 5
# What Python and Celery end with where the code cannot be loaded; the next change may mend it.
CANNOT_LOAD = (1, 2)


class CodeFilter(PythonFilter):
    ignore_dirs = (*PythonFilter.ignore_dirs, "tests")


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_reloading(command: Sequence[str], folders: Sequence[Path]) -> int:
    """Run the command until it ends by itself or this process is told to, and return its status."""
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    process, waits = subprocess.Popen(command), False
    try:
        for changes in watch(
            *folders,
            watch_filter=CodeFilter(),
            stop_event=stop,
            rust_timeout=500,
            yield_on_timeout=True,
        ):
            if changes:
                end(process)
                process, waits = subprocess.Popen(command), False
            elif process.poll() in CANNOT_LOAD and not waits:
                sys.stderr.write("Waits for a change of the code.\n")
                waits = True
            elif process.poll() not in (None, *CANNOT_LOAD):
                break
    finally:
        end(process)
    # As a shell tells it, for one that was killed.
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


if __name__ == "__main__":
    sys.exit(run_reloading(sys.argv[1:], APPS))
