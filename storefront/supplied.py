"""What apps supply to others, which know it by dotted names in the settings alone."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.module_loading import import_string


def supplied(names: Iterable[str]) -> list[Any]:
    """Import what has these dotted names, but for those of apps that are not installed."""
    return [import_string(name) for name in names if apps.get_containing_app_config(name)]


def supplied_as(names: Mapping[str, str]) -> dict[str, Any]:
    """Import the same, by what each is called here."""
    return {called: found for called, name in names.items() for found in supplied([name])}
