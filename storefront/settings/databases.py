"""One database from one URL, with the options that keep each engine correct under concurrent writers."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

SQLITE = "storefront.sqlite3"
SQLITE_OPTIONS: dict[str, Any] = {
    # WAL lets readers go on beside the one writer; NORMAL is durable enough with it. Every 4,000 pages, 16 MB,
    # of the log go into the file: at the usual 1,000 a fifteenth of the time went there.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;"
    "PRAGMA wal_autocheckpoint=4000;",
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
# Of a copy, in seconds: the primary can answer too, so that nobody waits long for one that is away.
MYSQL_REPLICA_OPTIONS: dict[str, Any] = {"connect_timeout": 2, "read_timeout": 20}
POSTGRES_REPLICA_OPTIONS: dict[str, Any] = {
    "connect_timeout": 2,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def with_engine_options(database: dict[str, Any], variable: str = "DATABASE_URL") -> dict[str, Any]:
    """Return the parsed URL of a variable with the options of its engine added below its own."""
    if not database.get("NAME"):
        raise ImproperlyConfigured(f'Environment variable "{variable}" names no database.')
    engine = database["ENGINE"].rpartition(".")[2]
    if engine == "sqlite3":
        database["ENGINE"] = SQLITE
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
    return {f"replica{number}": read_replica(url) for number, url in enumerate(urls, start=1)}


def read_replica(url: str) -> dict[str, Any]:
    variable = "DATABASE_REPLICA_URLS"
    try:
        # Connected to in each request: a persistent connection does not tell that its other end is gone.
        replica: dict[str, Any] = dict(dj_database_url.parse(url.strip(), conn_max_age=0))
    except ValueError:
        # Without its cause, which may quote a part of the password.
        raise ImproperlyConfigured(
            f'Environment variable "{variable}" invalid: Not a valid database URL.'
        ) from None
    engine = replica.get("ENGINE", "").rpartition(".")[2]
    options = {"mysql": MYSQL_REPLICA_OPTIONS, "postgresql": POSTGRES_REPLICA_OPTIONS}
    replica["OPTIONS"] = {**options.get(engine, {}), **replica.get("OPTIONS", {})}
    with_engine_options(replica, variable)
    # A test run has one database; what it reads from a copy comes from there.
    replica["TEST"] = {"MIRROR": "default"}
    return replica
