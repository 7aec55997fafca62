"""The line that gunicorn writes for each request; in a process that has no settings yet."""

import logging
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from .formatters import NO_REQUEST, REQUEST_ID_HEADER

MILLISECOND = timedelta(milliseconds=1)


class AccessLogger(Logger):
    """Puts into a line what it holds; gunicorn's own collects all headers of both sides for each."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        if not self.access_log.isEnabledFor(logging.INFO):
            return
        self.access_log.info(
            "%s %s %s %s bytes %s ms",
            environ["REQUEST_METHOD"],
            # Without the query, in which secrets travel.
            # What gunicorn itself refuses has no path.
            environ.get("PATH_INFO", "-"),
            resp.status.partition(" ")[0],
            resp.sent,
            request_time // MILLISECOND,
            # The line is written after the request, whose id the response holds.
            extra={"request_id": dict(resp.headers).get(REQUEST_ID_HEADER, NO_REQUEST)},
        )
