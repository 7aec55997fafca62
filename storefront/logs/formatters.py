"""How a log line looks, and what it must not hold. Nothing here needs the settings."""

import json
import logging
from copy import copy
from datetime import UTC, datetime

from .redaction import redact

# In lines outside of any request, such as those of a start.
NO_REQUEST = "-"
# Of a response, and of a request whose sender has an id for it.
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
