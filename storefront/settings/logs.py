"""Where log lines go and what they look like."""

from pathlib import Path
from typing import Any

from environs import ValidationError


def is_file(name: str) -> None:
    """Refuse what cannot be a file; who writes to it may be another user than who starts this."""
    if name and (not Path(name).parent.is_dir() or Path(name).is_dir()):
        raise ValidationError("Not a file in a folder that is there.")


def handlers_of(format_name: str, *, file: str | None, is_mailed: bool) -> dict[str, Any]:
    handlers: dict[str, Any] = {"console": {"class": "logging.StreamHandler"}}
    if file:
        # Looks again for its file, so that logrotate may move it away.
        handlers["file"] = {
            "class": "storefront.logs.handlers.LogFile",
            "filename": file,
            "encoding": "utf-8",
            "errors": "backslashreplace",
            "delay": True,
        }
    if is_mailed:
        handlers["admins"] = {"class": "storefront.logs.error_mails.ErrorMailHandler"}
    for handler in handlers.values():
        handler |= {"formatter": format_name, "filters": ["request_id"]}
    return handlers


def logging_in(
    format_name: str, *, level: str, file: str | None = None, is_mailed: bool = False
) -> dict[str, Any]:
    """Return LOGGING that writes `line`s or `json` objects to the console and, if named, to a file.

    ADMINS get errors by mail where `is_mailed`.
    """
    handlers = handlers_of(format_name, file=file, is_mailed=is_mailed)
    # Every line goes through the handlers of the root: no other form, no mail with the request in it.
    to_root: dict[str, Any] = {"handlers": [], "level": "NOTSET", "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "storefront.logs.request_ids.RequestIdFilter"},
            "statement": {"()": "storefront.logs.filters.StatementFilter"},
        },
        "formatters": {
            "line": {
                "()": "storefront.logs.formatters.LineFormatter",
                "fmt": "{asctime} ({levelname}) - {name} - {message} [{request_id}]",
                "style": "{",
            },
            "json": {"()": "storefront.logs.formatters.JsonFormatter"},
        },
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level},
        "loggers": {
            "django": to_root,
            "django.server": to_root,
            # Whoever scans for hosts gets a 400, a line of the access log; a traceback each is noise.
            "django.security.DisallowedHost": {**to_root, "level": "CRITICAL"},
            "django.db.backends": {**to_root, "filters": ["statement"]},
            # Whatever the level of the rest.
            "storefront.security": {**to_root, "level": "INFO"},
            # What the fonts of a PDF lack is seen to before.
            "fontTools": {**to_root, "level": "ERROR"},
            "fpdf": {**to_root, "level": "ERROR"},
            "gunicorn.error": to_root,
            "gunicorn.access": to_root,
        },
    }
