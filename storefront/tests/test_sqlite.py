"""How SQLite is opened, and how writers wait for each other."""

import sqlite3
from pathlib import Path

import pytest
from django.conf import settings

from .conftest import run


class TestSqlite:
    def ask(self, code: str, path: Path) -> str:
        setup = "import django; django.setup(); from django.db import connection, transaction"
        result = run(
            *("-c", f"{setup}\n{code}"),
            folder=settings.BASE_DIR,
            DATABASE_URL=f"sqlite:///{path}",
            DJANGO_SETTINGS_MODULE="storefront.settings.dev",
        )
        assert (result.stderr, result.returncode) == ("", 0)
        return result.stdout

    def test_writes_ahead_and_waits_for_other_writers(self, tmp_path: Path) -> None:
        code = """
for name in ("journal_mode", "busy_timeout", "synchronous", "foreign_keys"):
    print(*connection.cursor().execute(f"PRAGMA {name}").fetchone())
"""
        answers = self.ask(code, tmp_path / "shop.sqlite3").split()
        assert answers == ["wal", "30000", "1", "1"]

    def test_takes_the_write_lock_when_a_transaction_starts(self, tmp_path: Path) -> None:
        path = tmp_path / "shop.sqlite3"
        code = f"""
import sqlite3
other = sqlite3.connect({str(path)!r}, timeout=0, isolation_level=None)
with transaction.atomic():
    print(other.execute("SELECT 1").fetchone()[0])
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        print(error)
other.close()
"""
        assert self.ask(code, path).splitlines() == ["1", "database is locked"]
        with sqlite3.connect(path) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        connection.close()

    def test_gives_up_when_the_lock_is_not_free_in_time(self, tmp_path: Path) -> None:
        path = tmp_path / "shop.sqlite3"
        code = f"""
import sqlite3, time
connection.ensure_connection()
other = sqlite3.connect({str(path)!r}, isolation_level=None)
other.execute("BEGIN IMMEDIATE")
connection.settings_dict["OPTIONS"]["timeout"] = 0.2
started = time.monotonic()
try:
    with transaction.atomic():
        print("began")
except django.db.OperationalError as error:
    print(error, 0.2 <= time.monotonic() - started < 5)
print(*connection.cursor().execute("PRAGMA busy_timeout").fetchone())
other.close()
"""
        assert self.ask(code, path).splitlines() == ["database is locked True", "200"]

    @pytest.mark.parametrize(
        "write",
        [
            "with transaction.atomic(): pass",
            "connection.cursor().execute('INSERT INTO numbers VALUES (%s)', [1])",
        ],
    )
    def test_writes_as_soon_as_the_writer_before_has_ended(
        self, tmp_path: Path, write: str
    ) -> None:
        path = tmp_path / "shop.sqlite3"
        code = f"""
import sqlite3, time
connection.cursor().execute("CREATE TABLE numbers (number integer)")
other = sqlite3.connect({str(path)!r}, isolation_level=None)
pauses = []

def end_of_the_other(seconds, sleep=time.sleep):
    pauses.append(seconds)
    if len(pauses) == 5:
        other.execute("COMMIT")
    sleep(seconds)

time.sleep = end_of_the_other
other.execute("BEGIN IMMEDIATE")
{write}
print(len(pauses), all(0.0002 <= pause <= 0.002 for pause in pauses))
print(*connection.cursor().execute("PRAGMA busy_timeout").fetchone())
other.close()
"""
        assert self.ask(code, path).splitlines() == ["5 True", "30000"]
