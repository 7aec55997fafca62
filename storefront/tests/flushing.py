"""Emptying the database after a test that committed.

Django's flush also deletes what follows the migrations, content types and rights, and makes it again: nine tenths
of its time. Here it stays, unless the test changed it.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection
from django.test import TransactionTestCase

KEPT: list[Any] = [ContentType, Permission, Group, Group.permissions.through]

# Whose stubs leave out what Django calls after each test.
tested: Any = TransactionTestCase
flush_all = tested._fixture_teardown


def kept_rows() -> list[Any]:
    return [list(model.objects.order_by("pk").values_list()) for model in KEPT]


def flush_statements() -> list[str]:
    kept = {model._meta.db_table for model in KEPT}
    tables = sorted({*connection.introspection.django_table_names(only_existing=True)} - kept)
    if connection.vendor != "postgresql":
        return connection.ops.sql_flush(no_style(), tables)
    # It takes half a second to truncate as many; its foreign keys are looked at in the end.
    return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]


def flush_what_tests_made(rows: list[Any]) -> None:
    """From now on, empty the tables without these rows."""

    def flush(test: Any) -> None:
        if {*test._databases_names(include_mirrors=False)} != {DEFAULT_DB_ALIAS} or (
            kept_rows() != rows
        ):
            flush_all(test)
            # They have new keys by now.
            rows[:] = kept_rows()
        else:
            connection.ops.execute_sql_flush(flush_statements())

    tested._fixture_teardown = flush
