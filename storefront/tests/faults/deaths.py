"""The shop as a WSGI application that tells its statements and dies, with -9, before the one it is told."""

import json
import os
import re
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from storefront.wsgi import application as shop

from .death_headers import STATEMENTS

VERB = re.compile(r"\W*(\w+)")
TABLE = re.compile(r"(?:FROM|INTO|UPDATE)\W+(\w+)", re.IGNORECASE)


def name(sql: str) -> str:
    """Return the verb of a statement and the table that it is about."""
    verb, table = VERB.match(sql), TABLE.search(sql)
    lock = " and lock it" if " FOR UPDATE" in sql else ""
    return " ".join(found[1] for found in (verb, table) if found) + lock


class Request:
    """Counts what one request asks of the database."""

    def __init__(self, last: int | None) -> None:
        self.last = last
        self.statements: list[str] = []
        self.connection = connections[DEFAULT_DB_ALIAS]

    @contextmanager
    def watching(self) -> Iterator[None]:
        # What a new connection asks for first is none of the request's.
        self.connection.ensure_connection()
        vars(self.connection)["_commit"] = self.commit
        try:
            with self.connection.execute_wrapper(self.execute):
                yield
        finally:
            del vars(self.connection)["_commit"]

    def reach(self, statement: str) -> None:
        if self.last == len(self.statements):
            os.kill(os.getpid(), signal.SIGKILL)
        self.statements.append(statement)

    def execute(self, execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        self.reach(name(sql))
        return execute(sql, *arguments)

    def commit(self) -> None:
        self.reach("COMMIT")
        type(self.connection)._commit(self.connection)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    number = environ.get("HTTP_DIE_BEFORE")
    request = Request(None if number is None else int(number))

    def start(status: str, headers: list[tuple[str, str]], *arguments: Any) -> Any:
        told = (STATEMENTS, json.dumps(request.statements))
        return start_response(status, [*headers, told], *arguments)

    with request.watching():
        response = shop(environ, start)
        request.reach("the response")
        return response
