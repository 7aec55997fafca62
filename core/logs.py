"""How a log line looks, and what it must not hold. Nothing here needs the settings."""

import json
import logging
from contextlib import suppress
from copy import copy
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler

from .redaction import redact, without_literals

# In lines outside of any request, such as those of a start.
NO_REQUEST = "-"
# Of an answer, and of a request whose sender has an id for it.
REQUEST_ID_HEADER = "X-Request-ID"


def message_of(record: logging.LogRecord) -> str:
    """Return the message without secrets, whatever its arguments are."""
    try:
        return redact(record.getMessage())
    except (TypeError, ValueError, KeyError):
        # The standard library would print the arguments, as they are, beside the log.
        return f"{redact(str(record.msg))} (its arguments do not fit)"


class LineFormatter(logging.Formatter):
    """One line for people, and a traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        # A copy: what another handler has put into the record, or will read there, stays apart.
        line = copy(record)
        line.msg, line.args = message_of(record), ()
        line.exc_text = None
        return super().format(line)

    def formatException(self, ei: "logging._SysExcInfoType") -> str:
        return redact(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:
        return redact(super().formatStack(stack_info))


class JsonFormatter(LineFormatter):
    """One JSON object a line, with these keys and no others: what a caller adds stays out."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "name": record.name,
            "message": message_of(record),
            "request_id": getattr(record, "request_id", NO_REQUEST),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return json.dumps(line)


class LogFile(WatchedFileHandler):
    """A file beside the console, which has the lines alone while the file cannot be written."""

    def emit(self, record: logging.LogRecord) -> None:
        # Opening it, again after it was moved away, would raise into the request that logs.
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Print nothing: the standard library would print the arguments as they are."""


class StatementFilter(logging.Filter):
    """Takes the values out of the statements that Django logs at level DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        match record.args:
            # Seconds, statement, parameters, alias.
            case (float() as duration, str() as statement, _, alias):
                record.args = (duration, without_literals(statement), "...", alias)
        return True
