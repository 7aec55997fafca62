"""The developers' tools help in development and are not there in production."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from .conftest import PRODUCTION, run

pytestmark = pytest.mark.once

TOOLS = {"django-silk", "django-debug-toolbar"}
VISIT = """
import json, sys, django
django.setup()
import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
silk = list(apps.get_app_config("silk").get_models()) if apps.is_installed("silk") else []
with connection.schema_editor() as editor:
    for model in silk:
        editor.create_model(model)
answers = [
    Client().get(path, headers={"host": "localhost"}).status_code for path in ("/health/live/", "/silk/")
]
tools = sorted({name.partition(".")[0] for name in sys.modules} & {"silk", "debug_toolbar"})
recorded = [model.objects.get().path for model in silk if model.__name__ == "Request"]
Client().post("/silk/cleardb/", {"clear_all": "on"}, headers={"host": "localhost"})
left = sum(model.objects.count() for model in silk)
print(json.dumps([answers, tools, recorded, left]))
"""


def visit(environment: str, folder: Path, **variables: str) -> Any:
    result = run(
        *("-c", VISIT),
        folder=settings.BASE_DIR,
        **{
            **PRODUCTION,
            "DJANGO_SETTINGS_MODULE": f"storefront.settings.{environment}",
            "DATABASE_URL": f"sqlite:///{folder}/shop.sqlite3",
            "ALLOWED_HOSTS": "localhost",
            "HTTPS_ONLY": "false",
            "STATIC_ROOT": str(folder),
            **variables,
        },
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_silk_records_in_development_when_asked_and_forgets(tmp_path: Path) -> None:
    responses, tools, recorded, left = visit("dev", tmp_path, SILK="1")
    assert (responses, tools) == ([200, 200], ["debug_toolbar", "silk"])
    assert recorded == ["/health/live/"]
    assert left == 0


def test_silk_is_off_otherwise(tmp_path: Path) -> None:
    assert visit("dev", tmp_path) == [[200, 404], ["debug_toolbar"], [], 0]


def test_production_has_no_tools_even_when_asked(tmp_path: Path) -> None:
    assert visit("prod", tmp_path, SILK="1") == [[200, 404], [], [], 0]


def test_production_installs_no_tools() -> None:
    pipfile = tomllib.loads(Path(settings.BASE_DIR, "Pipfile").read_text())
    lock = json.loads(Path(settings.BASE_DIR, "Pipfile.lock").read_text())
    assert pipfile["dev-packages"].keys() >= TOOLS
    for category in ("default", "mysql", "postgres", "production"):
        assert not lock[category].keys() & TOOLS
