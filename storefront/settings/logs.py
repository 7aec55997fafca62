"""Where log lines go and what they look like."""

from typing import Any


def logging_in(format_name: str, *, level: str, file: str | None = None) -> dict[str, Any]:
    """Return LOGGING that writes `line`s or `json` objects to the console and, if named, to a file."""
    handlers: dict[str, Any] = {"console": {"class": "logging.StreamHandler"}}
    if file:
        # Looks again for its file, so that logrotate may move it away.
        handlers["file"] = {
            "class": "logging.handlers.WatchedFileHandler",
            "filename": file,
            "delay": True,
        }
    for handler in handlers.values():
        handler |= {"formatter": format_name, "filters": ["request_id"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "core.request_ids.RequestIdFilter"}},
        "formatters": {
            "line": {
                "format": "{asctime} ({levelname}) - {name} - {message} [{request_id}]",
                "style": "{",
            },
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "{asctime}{levelname}{name}{message}{request_id}",
                "style": "{",
            },
        },
        "handlers": handlers,
        "loggers": {"": {"handlers": list(handlers), "level": level}},
    }
