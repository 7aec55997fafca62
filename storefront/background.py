"""What no response waits for, in threads of this process: for a shop that has no worker."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

logger = logging.getLogger(__name__)


class Background:
    """Threads that close their connections after each call, and log what fails."""

    def __init__(self, name: str, *, threads: int = 1) -> None:
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix=name)

    def submit(self, call: Callable[[], Any], *, otherwise: str) -> None:
        """Call soon; `otherwise` is logged where it fails."""
        self.threads.submit(self.run, call, otherwise)

    def run(self, call: Callable[[], Any], otherwise: str) -> None:
        try:
            call()
        except Exception:
            logger.exception("%s", otherwise)
        finally:
            connections.close_all()
