"""How SQLite is opened, how writers wait for each other, and which values it takes."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import dj_database_url
import pytest
from django.conf import settings
from django.db import DataError, OperationalError, connections, transaction
from django.db.models import DecimalField, Value
from django.db.utils import ConnectionHandler

from storefront.settings.databases import with_engine_options

from .conftest import run

pytestmark = pytest.mark.once

PRAGMAS = """
import django; django.setup()
from django.db import connection
for name in ("journal_mode", "busy_timeout", "synchronous", "foreign_keys"):
    print(*connection.cursor().execute(f"PRAGMA {name}").fetchone())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.sqlite3"


@pytest.fixture
def shop(path: Path, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A connection to a file of its own, opened as the settings say."""
    database = with_engine_options(dict(dj_database_url.parse(f"sqlite:///{path}")))
    handler = ConnectionHandler({"default": {}, "shop": database})
    monkeypatch.setitem(connections.settings, "shop", handler.settings["shop"])
    with django_db_blocker.unblock(), closing(connections["shop"]) as connection:
        connection.ensure_connection()
        yield connection
    del connections["shop"]


@pytest.fixture
def other(shop: Any, path: Path) -> Iterator[sqlite3.Connection]:
    """Another writer, which does not wait."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    with closing(connection):
        yield connection


def busy_timeout(connection: Any) -> int:
    return connection.cursor().execute("PRAGMA busy_timeout").fetchone()[0]


def begin(shop: Any) -> None:
    with transaction.atomic(using="shop"):
        pass


def insert(shop: Any) -> None:
    shop.cursor().execute("INSERT INTO numbers VALUES (%s)", [1])


def test_writes_ahead_and_waits_for_other_writers(path: Path) -> None:
    result = run(
        *("-c", PRAGMAS),
        folder=settings.BASE_DIR,
        DATABASE_URL=f"sqlite:///{path}",
        DJANGO_SETTINGS_MODULE="storefront.settings.dev",
    )
    assert (result.stderr, result.returncode) == ("", 0)
    assert result.stdout.split() == ["wal", "30000", "1", "1"]


def test_takes_the_write_lock_when_a_transaction_starts(other: sqlite3.Connection) -> None:
    with transaction.atomic(using="shop"):
        assert other.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            other.execute("BEGIN IMMEDIATE")
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_gives_up_when_the_lock_is_not_free_in_time(shop: Any, other: sqlite3.Connection) -> None:
    shop.settings_dict["OPTIONS"]["timeout"] = 0.2
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(OperationalError, match="database is locked"):
        begin(shop)
    assert 0.2 <= time.monotonic() - started < 5
    assert busy_timeout(shop) == 200


@pytest.mark.parametrize("write", [begin, insert])
def test_writes_as_soon_as_the_writer_before_has_ended(
    shop: Any,
    other: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Any], None],
) -> None:
    shop.cursor().execute("CREATE TABLE numbers (number integer)")
    other.execute("BEGIN IMMEDIATE")
    pauses: list[float] = []

    def end_of_the_other(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            other.execute("COMMIT")

    monkeypatch.setattr(time, "sleep", end_of_the_other)
    write(shop)
    assert len(pauses) == 5
    assert all(0.0002 <= pause <= 0.002 for pause in pauses)
    assert busy_timeout(shop) == 30000


class TestValues:
    @pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
    def test_an_integer_of_more_than_64_bits_is_an_error_in_the_data(
        self, shop: Any, number: int
    ) -> None:
        with pytest.raises(DataError):
            shop.cursor().execute("SELECT %s", [number])

    def test_an_integer_of_64_bits_is_none(self, shop: Any) -> None:
        assert shop.cursor().execute("SELECT %s", [2**63 - 1]).fetchone() == (2**63 - 1,)

    @pytest.mark.parametrize("amount", ["0.10", "9999999999999.99", "12345678901234.56"])
    def test_a_sum_is_read_to_the_cent(self, shop: Any, amount: str) -> None:
        field = DecimalField(max_digits=20, decimal_places=2)
        expression = Value(Decimal(amount), output_field=field)
        convert = shop.ops.get_decimalfield_converter(expression)
        assert convert(float(amount), expression, shop) == Decimal(amount)
