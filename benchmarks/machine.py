"""What it was measured on."""

import os
import platform
import re
import sqlite3
import subprocess
from datetime import date
from importlib.metadata import version
from pathlib import Path

from .connections import Database
from .options import SHOP_PYTHON, Options

NAMES = {"mariadb": "MariaDB", "postgresql": "PostgreSQL"}
PACKAGES = [
    "gunicorn",
    "granian",
    "uvicorn",
    "orjson",
    "Django",
    "djangorestframework",
    "fastapi",
    "SQLAlchemy",
    "pydantic",
    "django-oscar",
    "django-oscar-api",
]


def circumstances(target: str, options: Options, url: str) -> list[str]:
    """Say how, when and on what it was measured."""
    command = (
        f"make {target} DATABASE={options.database} ROUNDS={options.rounds} "
        f"SECONDS={options.seconds:g}"
    )
    return [
        f"`{command}` on {date.today().isoformat()}.",
        f"Machine: {machine()}.",
        f"Versions: {versions(options.database, url)}.",
    ]


def machine() -> str:
    """Name the processor, its cores, the memory and the system."""
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    kib = re.search(r"^MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)
    memory = f"{int(kib[1]) / 2**20:.0f} GiB" if kib else "unknown memory"
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return (
        f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, {memory}, {system}"
    )


def versions(database: str, url: str) -> str:
    """Name the versions of Python, of what serves and of what is compared."""
    found = [f"Python {platform.python_version()}", database_version(database, url)]
    found += [f"{package} {version(package)}" for package in PACKAGES]
    return ", ".join([*found, f"the shop on Django {django_of_the_shop()}", wrk_version()])


def database_version(database: str, url: str) -> str:
    if database == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    server = Database(url)
    found = server.value("SELECT VERSION()")
    server.close()
    # "10.11.19-MariaDB-0+deb12u1", "PostgreSQL 15.10 (Debian ...) on ..."
    number = re.search(r"\d+[.\d]*", found)
    return f"{NAMES[database]} {number[0] if number else found}"


def django_of_the_shop() -> str:
    code = "import django; print(django.__version__)"
    return subprocess.check_output([str(SHOP_PYTHON), "-c", code], text=True).strip()


def wrk_version() -> str:
    # With -v it prints its name and version, then its usage, and fails.
    shown = subprocess.run(["wrk", "-v"], capture_output=True, text=True).stdout
    return " ".join(shown.split()[:2])
