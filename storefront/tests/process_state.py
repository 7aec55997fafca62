"""What Django and Python keep for a whole process or thread, and each test must leave as it found it."""

import logging
import os
import signal
from typing import Any

from django.urls import get_script_prefix, get_urlconf
from django.utils import timezone, translation

RUNNING_TEST = "PYTEST_CURRENT_TEST"
HANDLED = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM]


def process_state() -> dict[str, Any]:
    return {
        "script prefix": get_script_prefix(),
        "URLconf": get_urlconf(),
        "language": translation.get_language(),
        "time zone": timezone.get_current_timezone_name(),
        **{f"variable {name}": value for name, value in os.environ.items() if name != RUNNING_TEST},
        "folder": os.getcwd(),
        "disabled log level": logging.root.manager.disable,
        "signal handlers": [signal.getsignal(one) for one in HANDLED],
    }


def changed_state(before: dict[str, Any]) -> list[str]:
    """Name what is not as before, as `script prefix: '/' -> '/shop/'`."""
    after = process_state()
    return [
        f"{name}: {before.get(name)!r} -> {after.get(name)!r}"
        for name in before | after
        if after.get(name) != before.get(name)
    ]
