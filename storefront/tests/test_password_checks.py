"""No place checks a password past the one rule (core/attempts.py), whoever adds it."""

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_backends, get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser

from core.backends import LimitedBackend

pytestmark = pytest.mark.once

# Of Django: to check a password against a hash, whoever's it is.
CHECKS = {"check_password", "acheck_password", "verify_password"}
# The only module that does, in the model.
MODEL = "core/models/users.py"
# Where else people sign in, or say their password again.
LIBRARIES = ("djoser", "rest_framework", "rest_framework_simplejwt", "django.contrib.admin")


def calls(path: Path) -> Iterator[str]:
    """Return the functions that a file calls by their bare names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def sources(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.py") if "tests" not in path.parts]


def test_only_the_model_compares_a_password_with_a_hash() -> None:
    root = Path(settings.BASE_DIR)
    folders = [path.parent for path in root.glob("*/apps.py")]
    found = {
        str(path.relative_to(root))
        for folder in folders
        for path in sources(folder)
        if CHECKS & {*calls(path)}
    }
    assert found == {MODEL}


@pytest.mark.parametrize("library", LIBRARIES)
def test_no_library_does(library: str) -> None:
    spec = find_spec(library)
    assert spec
    assert spec.submodule_search_locations
    (folder,) = spec.submodule_search_locations
    assert {path for path in sources(Path(folder)) if CHECKS & {*calls(path)}} == set()


def test_every_backend_counts() -> None:
    assert [type(backend) for backend in get_backends()] == [LimitedBackend]


@pytest.mark.parametrize("name", ["check_password", "acheck_password"])
def test_the_model_counts_both_ways(name: str) -> None:
    assert vars(get_user_model())[name] is not vars(AbstractBaseUser)[name]


@pytest.mark.parametrize("name", ["authenticate", "aauthenticate"])
def test_the_backend_counts_both_ways(name: str) -> None:
    assert vars(LimitedBackend)[name] is not vars(ModelBackend)[name]
