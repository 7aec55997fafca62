"""The container files, as far as they can be tried without an engine."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml
from django.conf import settings

from .serving import manage, production, serving
from .test_documented_variables import OPERATIONS, rows

pytestmark = pytest.mark.once

BASE = Path(settings.BASE_DIR)
# Where an image has the programs of the Pipfile, and those of the system.
TOOLS = f"{Path(sys.executable).parent}:{os.defpath}"
SECRETS = ("SECRET_KEY", "MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD", "FLOWER_PASSWORD")
# Folders and ports of the image, whose disk is read-only, and what a platform calls by other names.
OF_THE_IMAGE = {
    "BEAT_SCHEDULE_FILE",
    "DJANGO_SETTINGS_MODULE",
    "LOG_FILE",
    "MEDIA_ROOT",
    "PORT",
    "PROMETHEUS_MULTIPROC_DIR",
    "STATIC_ROOT",
    "STOREFRONT_ENV",
}
OF_PLATFORMS = ("CLEARDB_", "MAILGUN_")
# Of the compose file alone.
OF_COMPOSE = {"DEV_USER", "FLOWER_PASSWORD", "MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD", "WEB_PORT"}


def run(*command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def copy_into(folder: Path) -> Path:
    """Copy what `make .env` reads and docker-compose needs."""
    for name in ("docker-compose.yml", ".env.example", "Makefile"):
        shutil.copy(BASE / name, folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_into(tmp_path)


@pytest.fixture(scope="module")
def composed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the secrets of a new .env."""
    folder = copy_into(tmp_path_factory.mktemp("composed"))
    made = run("make", ".env", f"PYTHON={sys.executable}", folder=folder)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def composed(composed_folder: Path) -> dict[str, Any]:
    """docker-compose's own reading of the file."""
    result = run("docker-compose", "config", folder=composed_folder)
    assert (result.stderr, result.returncode) == ("", 0)
    return yaml.safe_load(result.stdout)["services"]


def test_the_secrets_of_a_new_env_differ(folder: Path) -> None:
    run("make", ".env", f"PYTHON={sys.executable}", folder=folder)
    lines = (folder / ".env").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    secrets = {values[name] for name in SECRETS}
    assert len(secrets) == len(SECRETS)
    assert all(re.fullmatch(r"[\w-]{50,}", secret) for secret in secrets)
    assert (folder / ".env").stat().st_mode & 0o077 == 0


@pytest.mark.compose
class TestCompose:
    def test_without_secrets_nothing_starts(self, folder: Path) -> None:
        result = run("docker-compose", "config", folder=folder)
        assert result.returncode == 1
        assert "run make .env first" in result.stderr

    def test_nothing_starts_before_what_it_needs_is_healthy(self, composed: dict[str, Any]) -> None:
        waits = {
            name: {on: how["condition"] for on, how in service.get("depends_on", {}).items()}
            for name, service in composed.items()
        }
        started = {"release": "service_completed_successfully", "redis": "service_healthy"}
        assert waits["release"] == {"mysql": "service_healthy"}
        assert waits["web"] == waits["worker"] == waits["beat"] == started
        for name, needs in waits.items():
            for needed, condition in needs.items():
                checked = composed[needed]["healthcheck"]["test"] != ["NONE"]
                assert checked == (condition == "service_healthy"), (name, needed)

    def test_the_shop_runs_without_rights(self, composed: dict[str, Any]) -> None:
        for name in ("release", "web", "worker", "beat", "flower"):
            service = composed[name]
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
            assert service["volumes"] == ["data:/data:rw"]

    def test_only_this_machine_reaches_the_ports(self, composed: dict[str, Any]) -> None:
        for service in composed.values():
            for port in service.get("ports", []):
                assert str(port).startswith("127.0.0.1:")

    def test_env_reaches_the_shop(self, composed: dict[str, Any]) -> None:
        documented = {
            name
            for name in {*rows(OPERATIONS)} - OF_THE_IMAGE - OF_COMPOSE
            if not name.startswith(OF_PLATFORMS)
        }
        # The most that any process of the shop is given.
        assert set(composed["flower"]["environment"]) == documented
        for name in ("release", "web", "worker", "beat"):
            assert set(composed[name]["environment"]) == documented - {"FLOWER_BASIC_AUTH"}

    def test_the_settings_take_its_environment(
        self, composed: dict[str, Any], tmp_path: Path
    ) -> None:
        given = composed["web"]["environment"].items()
        variables = {name: str(value) for name, value in given if value is not None}
        variables["DATABASE_URL"] = f"sqlite:///{tmp_path}/unused.sqlite3"
        manage("check", "--settings", "storefront.settings.prod", **variables)


@pytest.mark.compose
class TestDevelopment:
    @pytest.fixture
    def services(self, composed: dict[str, Any]) -> dict[str, Any]:
        """Those that start only where the profile is asked for."""
        return {
            name: service
            for name, service in composed.items()
            if service.get("profiles") == ["development"]
        }

    def test_has_what_make_up_dev_starts(
        self, services: dict[str, Any], composed: dict[str, Any]
    ) -> None:
        recipe = run("make", "--dry-run", "up-dev", folder=BASE).stdout
        started = re.split(r"--build|\\\n", recipe)[-1].split()
        assert {*started} == services.keys() - {"dev-release"} | {"smtp4dev"}
        assert "profiles" not in composed["smtp4dev"]

    def test_runs_the_source_of_this_folder(
        self, services: dict[str, Any], composed_folder: Path
    ) -> None:
        for name, service in services.items():
            assert service["volumes"] == [f"{composed_folder}:/app:rw"], name
            assert shutil.which(service["command"][0], path=TOOLS), name

    def test_the_toolbar_finds_this_machine_without_dns(self, services: dict[str, Any]) -> None:
        (host,) = services["dev-server"]["extra_hosts"]
        assert re.split("[:=]", host) == ["host.docker.internal", "host-gateway"]

    def test_production_does_not_lean_on_it(
        self, services: dict[str, Any], composed: dict[str, Any]
    ) -> None:
        for name in composed.keys() - services.keys():
            assert not services.keys() & {*composed[name].get("depends_on", {})}, name

    def test_the_settings_take_its_environment(
        self, services: dict[str, Any], tmp_path: Path
    ) -> None:
        given = services["dev-server"]["environment"].items()
        variables = {name: str(value) for name, value in given if value is not None}
        variables["DATABASE_URL"] = f"sqlite:///{tmp_path}/unused.sqlite3"
        assert "no issues" in manage("check", **variables)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder with the files that the entrypoint meets in the image."""
    folder = tmp_path / "app"
    shutil.copytree(BASE / "docker", folder / "docker")
    (folder / "Procfile").write_text("web: printf '%s,' ${NUMBER:-2}\nbeat: false\n")
    return folder


class TestEntrypoint:
    @pytest.mark.parametrize(
        ("arguments", "printed"),
        [
            ([], "2,"),
            (["web"], "2,"),
            (["web", "more than", "one"], "2,more than,one,"),
            (["printf", "%s;", "a b", "c"], "a b;c;"),
            (["/bin/echo", "-n", "a b"], "a b"),
        ],
    )
    def test_runs_a_process_by_name_or_a_command(
        self, image: Path, arguments: list[str], printed: str
    ) -> None:
        result = run("docker/entrypoint.sh", *arguments, folder=image)
        assert (result.stdout, result.stderr, result.returncode) == (printed, "", 0)

    def test_passes_the_environment_and_the_exit_code_on(self, image: Path) -> None:
        assert run("docker/entrypoint.sh", "web", folder=image, NUMBER="5").stdout == "5,"
        assert run("docker/entrypoint.sh", "beat", folder=image).returncode == 1

    def test_is_replaced_by_its_process(self, image: Path) -> None:
        (image / "Procfile").write_text("web: python3 -c 'import os; print(os.getpid())'\n")
        process = subprocess.Popen(["docker/entrypoint.sh"], cwd=image, stdout=subprocess.PIPE)
        assert int(process.communicate(timeout=60)[0]) == process.pid


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a served shop that knows one domain only."""
    folder = tmp_path_factory.mktemp("shop")
    variables = {**production(folder), "ALLOWED_HOSTS": ".shop.example", "HTTPS_ONLY": "true"}
    with serving(folder / "log", **variables) as address:
        # Served once the workers are there; an engine gives them 30 seconds.
        urlopen(f"{address}/health/live/", timeout=60).close()
        yield {**variables, "PORT": address.rpartition(":")[2]}


class TestHealthcheck:
    def check(self, **variables: str) -> subprocess.CompletedProcess[str]:
        return run(sys.executable, "docker/healthcheck.py", folder=BASE, **variables)

    def test_passes_where_the_shop_answers(self, shop: dict[str, str]) -> None:
        result = self.check(**shop)
        assert (result.stderr, result.returncode) == ("", 0)

    def test_fails_where_nobody_answers(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            result = self.check(PORT=str(listener.getsockname()[1]))
        assert (result.returncode, result.stderr) == (1, "TimeoutError: timed out\n")

    def test_fails_where_nothing_listens(self) -> None:
        result = self.check(PORT="1")
        assert (result.returncode, result.stderr) == (
            1,
            "ConnectionRefusedError: [Errno 111] Connection refused\n",
        )


def test_the_image_is_built_from_what_the_shop_runs_on() -> None:
    allowed = {
        line.removeprefix("!").rstrip("/")
        for line in (BASE / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    apps = {name.split(".")[0] for name in settings.INSTALLED_APPS if Path(BASE, name).is_dir()}
    assert apps | {"storefront", "manage.py", "Procfile", "gunicorn.conf.py"} <= allowed
    assert not {".env", ".git", "media", "db.sqlite3"} & allowed
