"""`manage.py runserver` under a crowd, and the debug toolbar on its pages."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from socket import create_connection
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.core.servers.basehttp import WSGIRequestHandler
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from storefront.management.commands.runserver import ConcurrencyLimit, DevelopmentServer

from .conftest import run
from .processes import SECONDS, Process
from .serving import Visitor

pytestmark = pytest.mark.once

CROWD = 200
# A page without a row of the database. Docker's network is made up; the arguments are a container's files.
VISIT = """
import json, socket, sys
from pathlib import Path
from storefront.settings import containers
containers.CONTAINER_FILES = [Path(file) for file in sys.argv[1:]]
socket.gethostbyname_ex = lambda name: (name, [], ["172.18.0.5"])
def gethostbyname(name): raise socket.gaierror
socket.gethostbyname = gethostbyname
import django
django.setup()
from django.test import Client
pages = [Client().get("/api/docs/", REMOTE_ADDR=address) for address in ("127.0.0.1", "172.18.0.1", "10.1.2.3")]
panel = Client().get("/__debug__/render_panel/?request_id=a&panel_id=b").status_code
print(json.dumps([["djDebug" in page.text for page in pages], panel]))
"""


def visit(*files: Path, **variables: str) -> Any:
    """Return to whom the toolbar is shown, this machine, a gateway and a stranger, and whether it has pages."""
    result = run(
        *("-c", VISIT, *map(str, files)),
        folder=Path(settings.BASE_DIR),
        DJANGO_SETTINGS_MODULE="storefront.settings.dev",
        DATABASE_URL="sqlite:///:memory:",
        **variables,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a shop in development, without tables."""
    database = tmp_path_factory.mktemp("shop") / "shop.sqlite3"
    command = [sys.executable, "-u", "manage.py", "runserver", "--noreload", "--skip-checks", "0"]
    variables = {"DATABASE_URL": f"sqlite:///{database}"}
    server = Process(*command, variables=variables, stdout=subprocess.PIPE)
    with server.process:
        assert server.process.stdout
        lines = (line for line in server.process.stdout if "development server at" in line)
        yield next(lines).split()[-1]
        server.kill()


class TestCrowd:
    def test_waits_to_be_accepted(self) -> None:
        with ExitStack() as crowd:
            server = crowd.enter_context(DevelopmentServer(("127.0.0.1", 0), WSGIRequestHandler))
            for _ in range(CROWD):
                crowd.enter_context(create_connection(server.server_address, timeout=5))

    def test_is_answered_to_the_last(self, address: str) -> None:
        together = Barrier(CROWD)

        def ask(_: int) -> int:
            together.wait(SECONDS)
            return Visitor(address).ask("/health/live/").status

        with ThreadPoolExecutor(CROWD) as crowd:
            assert list(crowd.map(ask, range(CROWD))) == [200] * CROWD

    def test_runs_one_request_at_a_time(self) -> None:
        def is_free(*_: Any) -> list[Any]:
            return [limited.semaphore.acquire(blocking=False)]

        limited = ConcurrencyLimit(is_free, limit=1)
        assert limited({}, print) == [False]
        assert is_free() == [True]


class TestToolbar:
    def test_is_shown_to_this_machine(self, tmp_path: Path) -> None:
        assert visit(tmp_path / "no-container") == [[True, False, False], 200]

    def test_is_shown_through_the_gateway_of_a_container(self, tmp_path: Path) -> None:
        (tmp_path / ".dockerenv").touch()
        files = [tmp_path / "containerenv", tmp_path / ".dockerenv"]
        assert visit(*files) == [[True, True, False], 200]

    def test_can_be_switched_off(self, tmp_path: Path) -> None:
        assert visit(tmp_path / "no-container", DEBUG_TOOLBAR="0") == [[False] * 3, 404]

    @pytest.mark.chromium
    def test_unfolds_in_a_browser(self, address: str, browser: Chrome) -> None:
        browser.get(f"{address}api/docs/")
        root = browser.find_element(By.ID, "djDebugRoot").shadow_root
        handle = root.find_element(By.ID, "djShowToolBarButton")
        panels = root.find_element(By.ID, "djDebugPanelList")
        assert (handle.is_displayed(), panels.is_displayed()) == (True, False)
        handle.click()
        assert panels.is_displayed()
        assert "SQL" in panels.text
