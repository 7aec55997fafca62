import logging

from .redaction import without_literals


class StatementFilter(logging.Filter):
    """Takes the values out of the statements that Django logs at level DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        match record.args:
            # Seconds, statement, parameters, alias.
            case (float() as duration, str() as statement, _, alias):
                record.args = (duration, without_literals(statement), "...", alias)
        return True
