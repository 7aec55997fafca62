from contextlib import suppress
from logging import LogRecord
from logging.handlers import WatchedFileHandler


class LogFile(WatchedFileHandler):
    """A file beside the console, which has the lines alone while the file cannot be written."""

    def emit(self, record: LogRecord) -> None:
        # Opening it, again after it was moved away, would raise into the request that logs.
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: LogRecord) -> None:
        """Print nothing: the standard library would print the arguments as they are."""
