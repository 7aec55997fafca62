"""What the WSGI process leaves out, and that whoever wants it still gets it."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings

from storefront.imports import hidden_modules

from .conftest import PRODUCTION

pytestmark = pytest.mark.once

REPORT = """
import sys
from storefront.wsgi import application
names = ["requests", "cryptography", "psycopg"]
print(*[name for name in names if name in sys.modules])
import cryptography.fernet, requests
from rest_framework_simplejwt.tokens import AccessToken
print(AccessToken(str(AccessToken()))["token_type"])
"""


@pytest.mark.parametrize(
    ("url", "loaded"),
    [
        ("sqlite:///{folder}/shop.sqlite3", ""),
        pytest.param(
            "postgres://shop@127.0.0.1:1/shop",
            "psycopg",
            marks=pytest.mark.skipif(
                find_spec("psycopg") is None, reason="needs the driver of PostgreSQL"
            ),
        ),
    ],
)
def test_the_process_loads_what_its_database_needs(tmp_path: Path, url: str, loaded: str) -> None:
    variables = {
        **PRODUCTION,
        "DATABASE_URL": url.format(folder=tmp_path),
        "STATIC_ROOT": str(tmp_path),
    }
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", REPORT],
        cwd=settings.BASE_DIR,
        env={**variables, "DJANGO_SETTINGS_MODULE": "storefront.settings.prod"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert (result.returncode, result.stdout.splitlines()) == (0, [loaded, "access"])


class TestLeftOut:
    def test_is_found_again_afterwards(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(sys.modules, "colorsys", raising=False)
        with hidden_modules(["colorsys"]), pytest.raises(ModuleNotFoundError):
            import colorsys
        import colorsys

        assert colorsys.rgb_to_hls(0, 0, 0) == (0, 0, 0)

    def test_what_is_loaded_stays(self) -> None:
        with hidden_modules(["json"]):
            import json
        assert json.loads("1") == 1

    def test_is_found_again_after_an_error(self) -> None:
        with pytest.raises(ZeroDivisionError), hidden_modules(["colorsys_of_nobody"]):
            raise ZeroDivisionError
        assert "colorsys_of_nobody" not in sys.modules
