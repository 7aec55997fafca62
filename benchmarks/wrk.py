"""One URL, asked for over and over on many connections, with wrk."""

import json
import shutil
import subprocess
from pathlib import Path

from .measurements import Measurement

CONNECTIONS = 32
SCRIPT = Path(__file__).with_suffix(".lua")


def require(command: str, package: str) -> str:
    """Return where a command is; without it, end with the name of the Debian package that has it."""
    found = shutil.which(command)
    if found is None:
        raise SystemExit(f"{command} is missing: apt-get install {package}")
    return found


def ask_for(
    url: str,
    seconds: float,
    headers: dict[str, str] | None = None,
    connections: int = CONNECTIONS,
) -> Measurement:
    """Ask for a URL for that long and return requests per second and how long each took."""
    command = [
        # One thread sends more than two workers can answer, and leaves them the cores.
        *(require("wrk", "wrk"), "--threads", "1", "--connections", str(connections)),
        *("--duration", f"{max(round(seconds), 1)}s", "--script", str(SCRIPT)),
        *(part for name, value in (headers or {}).items() for part in ("-H", f"{name}: {value}")),
        url,
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(result.stdout.splitlines()[-1])
    return Measurement(
        done=found["requests"],
        rate=found["requests"] / found["duration"] * 1e6,
        p50=found["p50"] / 1e6,
        p99=found["p99"] / 1e6,
        errors=found["errors"],
    )
