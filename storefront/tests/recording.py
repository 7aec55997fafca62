"""Prints what modules and files read from the environment, and what they take where nothing is set.

Run in a process of its own: `recording.py storefront.settings.dev gunicorn.conf.py`.
"""

import json
import os
import runpy
import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch


class RecordingEnvironment(dict[str, str]):
    """An environment that writes down which variables the files of a folder read."""

    def __init__(self, folder: str) -> None:
        super().__init__(os.environ)
        self.folder = folder
        self.defaults: dict[str, Any] = {}

    def note(self, name: str, default: Any = None) -> None:
        frame = sys._getframe(2)
        while frame.f_globals.get("__name__") == "environs" and frame.f_back:
            frame = frame.f_back
        if frame.f_code.co_filename.startswith(self.folder):
            self.defaults[name] = default

    def __getitem__(self, name: str) -> str:
        self.note(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.note(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.note(name, default)
        return super().get(name, default)


def shown(value: Any) -> str:
    """Return a default as the documents write it: nothing is empty, a database its name."""
    match value:
        case bool():
            return str(value).lower()
        case {"NAME": name}:
            return str(name)
        case None | []:
            return ""
    return str(value)


def main(*names: str) -> None:
    recorder = RecordingEnvironment(str(Path.cwd()))
    defaults: dict[str, Any] = {}
    with patch.object(os, "environ", recorder):
        for name in names:
            is_file = name.endswith(".py")
            found = runpy.run_path(os.path.abspath(name)) if is_file else vars(import_module(name))
            defaults |= found["env"].dump()
    json.dump({n: shown(value) for n, value in (recorder.defaults | defaults).items()}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
