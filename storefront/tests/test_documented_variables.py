"""README.md and docs/operations.md have every variable that is read, with its default, and no other."""

import ast
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from django.conf import settings

from storefront.variables import ENVIRONMENT_ONLY

from .conftest import PRODUCTION, SETTINGS, run

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR)
README, OPERATIONS = ROOT / "README.md", ROOT / "docs" / "operations.md"
RECORDING = Path(__file__).with_name("recording.py")
SHELLS = ("Procfile", "docker/entrypoint.sh", "deploy/manage.sh")
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \|.*\|(.*)\|$", re.MULTILINE)
# What of production is read only where something else is set, or is not.
EVERYTHING = {
    **{name: PRODUCTION[name] for name in ("SECRET_KEY", "ALLOWED_HOSTS")},
    "CLEARDB_DATABASE_URL": PRODUCTION["DATABASE_URL"],
    "MAILGUN_SMTP_SERVER": PRODUCTION["EMAIL_HOST"],
    "AWS_STORAGE_BUCKET_NAME": "pictures",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "SENTRY_DSN": "https://key@sentry.example.com/1",
}
# Without a meaning in production.
FOR_DEVELOPERS = {"DEBUG_TOOLBAR", "EMAIL_FILE_PATH", "SILK"}
# Read by Flower itself.
OF_PROGRAMS = {"FLOWER_BASIC_AUTH"}
# Their defaults depend on the port.
BY_THE_PORT = {"EMAIL_USE_SSL", "EMAIL_USE_TLS"}
WORDS = {"on": "true", "off": "false"}


class Record(NamedTuple):
    # What each environment reads, by its name.
    read: dict[str, set[str]]
    # Of development and of production, what is taken where nothing is set.
    defaults: dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """What the settings and gunicorn's configuration read, as it is seen while they do."""
    folder = tmp_path_factory.mktemp("shop")
    shutil.copytree(SETTINGS, folder / "storefront" / "settings")
    shutil.copy(ROOT / "gunicorn.conf.py", folder)
    # Stands in for the one module outside of the settings that they import.
    (folder / "storefront" / "logs").mkdir()
    (folder / "storefront" / "logs" / "sentry.py").write_text(
        "def start_sentry(*args, **options): pass\n"
    )
    runs = {"dev": {}, "prod": PRODUCTION, "everything": EVERYTHING}
    found = {name: recorded(folder, name, given) for name, given in runs.items()}
    defaults = {
        name: {key: default for key, default in found[name].items() if key not in given}
        for name, given in runs.items()
    }
    return Record({name: {*each} for name, each in found.items()}, defaults)


def recorded(folder: Path, name: str, given: dict[str, str]) -> dict[str, str]:
    modules = [f"storefront.settings.{'dev' if name == 'dev' else 'prod'}", "gunicorn.conf.py"]
    result = run(str(RECORDING), *modules, folder=folder, PYTHONPATH=str(folder), **given)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def rows(page: Path) -> dict[str, str]:
    """Return the defaults in the tables of a page by the names of the variables."""
    return {name: default.strip() for name, default in ROW.findall(page.read_text())}


def named_in_sources() -> set[str]:
    """Return the names that stand in the Python sources beside the tests where they read variables."""
    folders = [
        path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name != "benchmarks"
    ]
    sources = [path for folder in folders for path in folder.rglob("*.py")]
    sources += [*ROOT.glob("docker/*.py"), ROOT / "manage.py", ROOT / "gunicorn.conf.py"]
    return {
        name
        for source in sources
        if "tests" not in source.parts
        for name in names_read(ast.parse(source.read_text()))
    }


def names_read(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name("env") | ast.Attribute(attr="environ")),
                args=[ast.Constant(str() as name), *_],
            ):
                yield name
            case ast.Call(func=ast.Name("first_set"), args=names):
                yield from (name.value for name in names if isinstance(name, ast.Constant))
            case ast.Subscript(
                value=ast.Attribute(attr="environ"), slice=ast.Constant(str() as name)
            ):
                yield name
            case ast.Compare(
                left=ast.Constant(str() as name), comparators=[ast.Attribute(attr="environ")]
            ):
                yield name


def substituted(*files: str) -> dict[str, str]:
    """Return the defaults of what files take from the environment as a shell does: ${NAME:-default}."""
    texts = [(ROOT / file).read_text() for file in files]
    found = [re.findall(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?", text) for text in texts]
    return {name: default for each in found for name, default in each}


def passed_on() -> set[str]:
    """Return what compose hands to the shop from its own environment."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    environments = [service.get("environment", {}) for service in services.values()]
    return {name for each in environments for name, value in each.items() if value is None}


def assigned(file: str) -> set[str]:
    return set(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / file).read_text(), re.MULTILINE))


def read_anywhere(record: Record) -> set[str]:
    shells = substituted(*SHELLS, "docker-compose.yml")
    return set().union(*record.read.values(), named_in_sources(), shells)


class TestNames:
    def test_whatever_is_read_is_in_a_table(self, record: Record) -> None:
        examples = assigned(".env.example") | assigned("deploy/storefront.env.example")
        read = read_anywhere(record) | passed_on() | examples
        assert read - {*rows(README), *rows(OPERATIONS)} == set()

    def test_whatever_is_in_a_table_is_read(self, record: Record) -> None:
        told = {*rows(README), *rows(OPERATIONS)}
        assert told - read_anywhere(record) == OF_PROGRAMS

    def test_what_no_file_sets_is_listed(self, record: Record) -> None:
        from_file = set().union(*record.read.values(), substituted("docker-compose.yml"))
        told = {*rows(README), *rows(OPERATIONS)}
        assert told - from_file - passed_on() == ENVIRONMENT_ONLY

    def test_parameters_of_make_are_told_somewhere(self) -> None:
        makefile = (ROOT / "Makefile").read_text()
        pages = [README, ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]
        told = [*re.findall("##.*", makefile), *(page.read_text() for page in pages)]
        words = {*re.findall(r"\b[A-Z][A-Z_]+\b", "\n".join(told))}
        assert {*re.findall(r"^([A-Z_]+) \?=", makefile, re.MULTILINE)} - words == set()

    def test_operations_has_all_of_production(self, record: Record) -> None:
        read = record.read["prod"] | record.read["everything"]
        assert read - FOR_DEVELOPERS - {*rows(OPERATIONS)} == set()
        assert FOR_DEVELOPERS & {*rows(OPERATIONS)} == set()

    def test_readme_has_what_development_heeds(self, record: Record) -> None:
        assert {*rows(README)} - record.read["dev"] == set()

    def test_no_branch_hides_one(self, record: Record) -> None:
        sources = [*SETTINGS.glob("*.py"), ROOT / "gunicorn.conf.py"]
        named = {name for each in sources for name in names_read(ast.parse(each.read_text()))}
        assert named - record.read["dev"] - record.read["everything"] == set()


class TestDefaults:
    @pytest.mark.parametrize(
        ("page", "environment"), [(README, "dev"), (OPERATIONS, "prod"), (OPERATIONS, "everything")]
    )
    def test_are_those_of_the_code(self, record: Record, page: Path, environment: str) -> None:
        defaults = record.defaults[environment]
        told = {name: told_default(cell, defaults) for name, cell in rows(page).items()}
        wrong = {
            name: (told[name], default)
            for name, default in defaults.items()
            if name in told and name not in BY_THE_PORT and not agrees(told[name], default)
        }
        assert wrong == {}

    def test_of_the_shells_are_those_of_the_code(self) -> None:
        told = rows(OPERATIONS)
        for name, default in substituted(*SHELLS).items():
            assert told_default(told[name], {}) == default

    def test_what_production_requires_is_told(self) -> None:
        required = {name for name, cell in rows(OPERATIONS).items() if cell == "required"}
        assert required == {*PRODUCTION}


def told_default(cell: str, defaults: dict[str, str]) -> str:
    """Return the value that a cell begins with, that of a variable it names; empty for other words."""
    literal = re.match(r"`([^`]*)`|\d+", cell)
    if literal is None:
        return WORDS.get(cell, "")
    value = literal[1] or literal[0]
    return PRODUCTION.get(value) or defaults.get(value, value)


def agrees(told: str, default: str) -> bool:
    is_path = bool(told) and Path(default).is_absolute()
    return told == default or (is_path and default.endswith(f"/{told.rstrip('/')}"))
