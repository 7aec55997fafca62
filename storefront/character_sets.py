"""Databases of MySQL and MariaDB made with a character set that lacks characters, such as emoji."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.core.checks import Warning
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

WHOLE = "utf8mb4"
COLLATION = "utf8mb4_unicode_ci"
# Of the server: a value is no text of the column; texts of two character sets cannot be compared (with two,
# three and more operands); MySQL 8: a text cannot be converted.
CODES = (1366, 1267, 1270, 1271, 3988)
NO_TEXT = 1366


class CharacterRefused(Exception):
    """A text has a character that the database cannot store."""

    status_code = 400
    code = "character_refused"
    detail = (
        "The database of this shop cannot store a character of this text, such as an emoji; "
        "nothing was changed."
    )


def character_refused(error: BaseException | None) -> CharacterRefused | None:
    """Return what is behind an error, if that is a character that the character set lacks."""
    if not isinstance(error, OperationalError) or len(error.args) < 2:
        return None
    code, text = error.args[:2]
    # A number that is none has the same code.
    is_text = code != NO_TEXT or "string value" in str(text)
    return CharacterRefused() if code in CODES and is_text else None


class ExactColumn(NamedTuple):
    """A text that is compared letter by letter, which the conversion of its table would end."""

    name: str
    length: int
    octets: int
    collation: str
    null: str

    def statements(self, table: str, quote: Callable[[str], str]) -> tuple[str, str]:
        """Return what takes the column out of a conversion, and what puts it back with its collation."""
        modify = f"ALTER TABLE {quote(table)} MODIFY {quote(self.name)}"
        text = f"varchar({self.length}) CHARACTER SET {WHOLE} COLLATE {self.collation}"
        return (
            f"{modify} varbinary({self.octets}) {self.null};",
            f"{modify} {text} {self.null};",
        )


class Found(NamedTuple):
    # None: that of the database is whole.
    database: str | None
    columns: dict[str, list[str]]
    exact: dict[str, list[ExactColumn]]


def check_character_sets(databases: Sequence[str] | None = None, **kwargs: Any) -> list[Warning]:
    """Warn of databases and columns that cannot store every character; name what converts them."""
    return [
        warning
        for alias in databases or ()
        if connections[alias].vendor == "mysql"
        for warning in warnings_of(connections[alias])
    ]


def warnings_of(connection: BaseDatabaseWrapper) -> list[Warning]:
    name = connection.settings_dict["NAME"]
    found = look_up(connection)
    where = [f"table {table} ({', '.join(names)})" for table, names in found.columns.items()]
    quote = connection.ops.quote_name
    statements = [
        statement
        for table in found.columns
        for statement in conversion(table, found.exact[table], quote)
    ]
    if found.database:
        where.insert(0, f"new tables ({found.database})")
        statements.insert(
            0, f"ALTER DATABASE {quote(name)} CHARACTER SET {WHOLE} COLLATE {COLLATION};"
        )
    if not where:
        return []
    message = (
        f"The database {name} cannot store every character, such as emoji: {'; '.join(where)}."
    )
    # A text that another table refers to is converted with those that refer to it.
    lines = ["SET foreign_key_checks = 0;", *statements, "SET foreign_key_checks = 1;"]
    return [
        Warning(message, hint="Back it up, then run:\n" + "\n".join(lines), id="storefront.W001")
    ]


def conversion(table: str, exact: Sequence[ExactColumn], quote: Callable[[str], str]) -> list[str]:
    """Return the statements that convert a table, all but its exact columns."""
    pairs = [column.statements(table, quote) for column in exact]
    convert = f"ALTER TABLE {quote(table)} CONVERT TO CHARACTER SET {WHOLE} COLLATE {COLLATION};"
    return [*(before for before, _ in pairs), convert, *(after for _, after in pairs)]


def look_up(connection: BaseDatabaseWrapper) -> Found:
    """Return the character set of a database and its columns by table, where they lack characters."""
    own = {*connection.introspection.django_table_names(), "django_migrations"}
    columns: dict[str, list[str]] = defaultdict(list)
    exact: dict[str, list[ExactColumn]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@character_set_database")
        (database,) = cursor.fetchone()
        cursor.execute(
            "SELECT table_name, column_name, character_set_name FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND character_set_name <> %s "
            "ORDER BY table_name, ordinal_position",
            [WHOLE],
        )
        for table, column, character_set in cursor.fetchall():
            if table in own:
                columns[table].append(f"{column}: {character_set}")
        cursor.execute(
            "SELECT table_name, column_name, character_maximum_length, character_octet_length, "
            "collation_name, IF(is_nullable = 'YES', 'NULL', 'NOT NULL') "
            "FROM information_schema.columns WHERE table_schema = DATABASE() "
            "AND data_type = 'varchar' AND character_set_name = %s AND collation_name LIKE %s",
            [WHOLE, "%\\_bin"],
        )
        for table, *column in cursor.fetchall():
            exact[table].append(ExactColumn(*column))
    return Found(None if database == WHOLE else database, columns, exact)
