"""One database from one URL, with the options that keep each engine correct under concurrent writers."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

SQLITE_OPTIONS: dict[str, Any] = {
    # WAL lets readers go on beside the one writer; NORMAL is durable enough with it.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
    # A transaction takes the write lock at its start: one that reads first could not upgrade later.
    "transaction_mode": "IMMEDIATE",
    # Seconds that a writer waits for the one before it.
    "timeout": 30,
}
MYSQL_OPTIONS: dict[str, Any] = {
    "charset": "utf8mb4",
    # A value that does not fit is refused, never cut.
    "init_command": "SET sql_mode='STRICT_ALL_TABLES'",
    # Each statement sees what is committed, as on PostgreSQL.
    "isolation_level": "read committed",
    # Seconds until a server that does not answer counts as away.
    "connect_timeout": 5,
}
POSTGRES_OPTIONS: dict[str, Any] = {"connect_timeout": 5}


def with_engine_options(database: dict[str, Any]) -> dict[str, Any]:
    """Return the parsed DATABASE_URL with the options of its engine added below its own."""
    if not database["NAME"]:
        raise ImproperlyConfigured('Environment variable "DATABASE_URL" names no database.')
    engine = database["ENGINE"].rpartition(".")[2]
    if engine == "sqlite3":
        defaults = SQLITE_OPTIONS
        # A file, not shared memory: the tests meet the same locks as the shop.
        database["TEST"] = {"NAME": f"{database['NAME']}-test"}
    elif engine == "mysql":
        defaults = MYSQL_OPTIONS
        # ClearDB's URLs carry it; today's driver refuses it.
        database.get("OPTIONS", {}).pop("reconnect", None)
        database["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"}
    else:
        defaults = POSTGRES_OPTIONS
    database["OPTIONS"] = {**defaults, **database.get("OPTIONS", {})}
    return database


def read_replicas(urls: list[str]) -> dict[str, dict[str, Any]]:
    """Return the copies of the primary by alias: replica1, replica2, ..."""
    try:
        parsed = [dj_database_url.parse(url) for url in urls]
    except ValueError as error:
        raise ImproperlyConfigured(
            'Environment variable "DATABASE_REPLICA_URLS" invalid: Not a valid database URL.'
        ) from error
    replicas = {
        f"replica{number}": with_engine_options(dict(database))
        for number, database in enumerate(parsed, start=1)
    }
    for replica in replicas.values():
        # A test run has one database; what it reads from a copy comes from there.
        replica["TEST"] = {"MIRROR": "default"}
    return replicas
