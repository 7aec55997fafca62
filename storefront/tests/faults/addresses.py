"""Where the database of the test is, for processes beside it."""

from urllib.parse import quote

from django.db import connection

Address = tuple[str, int]


def database_address() -> Address | None:
    """Return where the server of the test database listens; None for SQLite."""
    if connection.vendor == "sqlite":
        return None
    database = connection.settings_dict
    return str(database["HOST"]), int(database["PORT"])


def database_url(address: Address | None = None) -> str:
    """Return the test database as a DATABASE_URL, reached over another address if one is given."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host, port = address or database_address() or ("", 0)
    scheme = {"mysql": "mysql", "postgresql": "postgres"}[connection.vendor]
    user = ":".join(quote(part) for part in (database["USER"], database["PASSWORD"]) if part)
    return f"{scheme}://{user}@{host}:{port}/{database['NAME']}"
