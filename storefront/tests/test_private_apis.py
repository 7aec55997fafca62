"""The private APIs of private_apis.py are there as they were, and no other one is used.

An API that is missing there fails `test_no_other_is_used`, as far as its name begins with an underscore.
"""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from .private_apis import TABLE, Private

pytestmark = pytest.mark.once

APPS = ("storefront", "core", "store", "tags", "likes", "outbox", "store_custom", "webhooks")
# Documented, in spite of the underscore: the rows and managers of Django, named tuples, the hooks of a storage.
DOCUMENTED = {
    *("_meta", "_state", "_base_manager", "_default_manager", "_db"),
    *("_asdict", "_replace"),
    *("_open", "_save"),
}


def found(name: str) -> Any:
    """Return what a dotted name stands for; raises AttributeError where a library has it no longer."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            value: Any = import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            value = getattr(value, part)
        return value
    raise AttributeError(name)


def production_modules() -> Iterator[Path]:
    for app in APPS:
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            if not {"tests", "migrations"} & {*path.parts}:
                yield path


@pytest.mark.parametrize("private", TABLE, ids=lambda private: private.name)
class TestPrivateApi:
    def test_is_there_as_it_was(self, private: Private) -> None:
        if private.parameters is not None:
            parameters = inspect.signature(found(private.name)).parameters
            assert [*parameters] == private.parameters.split()
        elif private.called_by is None:
            assert found(private.name)

    def test_is_still_called(self, private: Private) -> None:
        if private.called_by:
            caller = inspect.unwrap(found(private.called_by))
            assert private.name.rpartition(".")[2] in caller.__code__.co_names

    def test_is_used_where_the_table_says(self, private: Private) -> None:
        source = Path(settings.BASE_DIR, private.used_by.replace(".", "/") + ".py").read_text()
        assert private.name.rpartition(".")[2] in source


def test_no_other_is_used() -> None:
    """A name with an underscore that the project does not define itself has its row above."""
    used: dict[str, set[str]] = {}
    own: set[str] = set()
    for path in production_modules():
        tree = ast.parse(path.read_text())
        attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        for node in attributes:
            if node.attr.startswith("_") and not node.attr.startswith("__"):
                used.setdefault(node.attr, set()).add(path.name)
        own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        own |= {node.attr for node in attributes if isinstance(node.ctx, ast.Store)}
    rows = {private.name.rpartition(".")[2] for private in TABLE}
    overridden = {name for name in own if name in dir_of_libraries()}
    unknown = set(used) - rows - DOCUMENTED - (own - overridden)
    assert {name: used[name] for name in unknown} == {}


def dir_of_libraries() -> set[str]:
    """Return the names of the classes that the table is about, which a project must not take for its own."""
    classes = {found(private.name.rpartition(".")[0]) for private in TABLE}
    return {name for each in classes for name in dir(each)}
