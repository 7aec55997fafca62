"""Runs what `make contract` installs, and other programs."""

import os
import subprocess
from pathlib import Path

from storefront.schema.documents import document

from ..services import CONTRACT

INSTALLED = CONTRACT / "node_modules"
SECONDS = 300


def run(
    folder: Path, program: str, *arguments: str, answers: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a program of contract/, or of this machine, in a folder, with answers to what it asks."""
    path = INSTALLED / ".bin" / program
    return subprocess.run(
        [path if path.exists() else program, *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        input=answers,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def output(folder: Path, program: str, *arguments: str, answers: str = "", **variables: str) -> str:
    """Run a program that has to succeed, and return what it prints."""
    result = run(folder, program, *arguments, answers=answers, **variables)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def write_document(folder: Path) -> str:
    """Write the document of the API into a folder, and return the name of the file."""
    path = folder / "document.json"
    path.write_bytes(document("json").content)
    return path.name
