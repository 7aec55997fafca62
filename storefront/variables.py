"""Variables of the environment that are meant for the shop and read by nobody, such as misspelt ones."""

import os
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from django.conf import settings
from django.core.checks import Warning
from dotenv import dotenv_values

from .settings.environment import BASE_DIR, env

# Their tables have every variable that somebody reads; tests hold them to it.
PAGES = ("README.md", "docs/operations.md")
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \|", re.MULTILINE)
# REDIS_ULR is 0.89 like REDIS_URL; DATABASE_USER, which belongs to other programs, 0.88 like DATABASE_URL.
SIMILARITY = 0.885
PREFIX = "STORE_"
# Alike, and read by a library of ours.
READ_BY_LIBRARIES = {"AWS_ENDPOINT_URL"}
# What other programs take from the same file: compose, and editors for Python.
READ_FROM_FILE = ("COMPOSE_", "DOCKER_", "PYTHON")
# Settings take the rest from either; these are for make, gunicorn, Celery, Flower and Django.
ENVIRONMENT_ONLY = {
    "BEAT_SCHEDULE_FILE",
    "DJANGO_SETTINGS_MODULE",
    "FLOWER_BASIC_AUTH",
    "PORT",
    "STOREFRONT_ENV",
}
# The lines of a secret that was pasted over several look like names, too.
NAME = re.compile(r"[A-Z]{2,20}(_[A-Z0-9]{1,20}){0,5}")


def check_variables(**kwargs: object) -> list[Warning]:
    """Warn in development of variables that nobody reads; their values are never shown."""
    pages = [BASE_DIR / page for page in PAGES]
    if not settings.DEBUG or not all(page.is_file() for page in pages):
        return []
    documented = {name for page in pages for name in ROW.findall(page.read_text())}
    known = documented | {*env.dump()}
    return [
        *in_environment(os.environ, known),
        *in_file(BASE_DIR / ".env", known),
    ]


def in_environment(names: Iterable[str], known: set[str]) -> Iterator[Warning]:
    """Warn of names that are like a known one; most of an environment is for other programs."""
    # A name of one word is anybody's: USER is no misspelt USERS.
    candidates = [name for name in known if "_" in name]
    for name in sorted({*names} - known - READ_BY_LIBRARIES):
        meant = get_close_matches(name.upper(), candidates, n=1, cutoff=SIMILARITY)
        if meant or name.startswith(PREFIX):
            yield unread(name, meant, "the environment")


def in_file(path: Path, known: set[str]) -> Iterator[Warning]:
    """Warn of every name in a file `.env` that nobody reads there."""
    names = dotenv_values(path, interpolate=False) if path.is_file() else {}
    for name in names:
        if name in ENVIRONMENT_ONLY:
            text = f"{name}, in .env, is read from the environment alone."
            yield Warning(text, hint="Set it before the command.", id="storefront.W002")
            continue
        if name in known or name.startswith(READ_FROM_FILE):
            continue
        meant = get_close_matches(name.upper(), known, n=1)
        shown = name if meant or NAME.fullmatch(name) else "A line that sets no variable"
        yield unread(shown, meant, ".env")


def unread(name: str, meant: list[str], place: str) -> Warning:
    hint = f"Did you mean {meant[0]}? " if meant else ""
    return Warning(
        f"{name}, in {place}, is read by nobody.",
        hint=f"{hint}{' and '.join(PAGES)} list the variables.",
        id="storefront.W002",
    )
