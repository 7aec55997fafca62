"""How gunicorn serves the shop: `gunicorn storefront.wsgi`.

PORT is gunicorn's own variable: with it, it listens on every address, without it on 127.0.0.1:8000.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from environs import Env, validate

env = Env()
# Threads of which none waits for a client: with gunicorn's own, eight clients that send a byte stop the shop.
worker_class = "storefront.web_server.worker.BufferingWorker"
# On two cores two processes answered 2.1 times what one did; each holds 110 MB.
workers = env.int("WEB_CONCURRENCY", 2, validate=validate.Range(1))
# Fewer or more answer no faster, and each is a connection to the database.
threads = env.int("WEB_THREADS", 4, validate=validate.Range(1))
# In which a client has sent its whole request: a picture of 500 KB at 17 KB/s.
receive_seconds = env.int("WEB_RECEIVE_SECONDS", 30, validate=validate.Range(1))
# Clients of each process; beyond it the one that waits longest is let go. Below the 1,024 files of a unit.
worker_connections = 800
# preload_app saved no memory and would keep a reload from new code; memory stays level, so no max_requests.

# Longer than proxies keep their own side open (60 s, most of them): with the usual 2 s a third of the
# requests of clients that pause met a connection that was just closed.
keepalive = 75
# Below the 30 s after which platforms and the compose file kill.
graceful_timeout = 25

# Django's TRUSTED_HTTPS_HEADER alone says what came over HTTPS, and no header changes a path.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

# Nobody talks to it, and a read-only container has no place for it.
control_socket_disable = True

# The master's lines as Django's own; its workers take LOGGING, with the request's id in these.
logger_class = "storefront.logs.access_log.AccessLogger"
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "storefront.logs.formatters.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"propagate": True},
        "gunicorn.access": {"propagate": True},
        # It warns of every HEAD, whose body Django leaves to the server to drop.
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
}

# Each worker counts for itself in a file here; who reads the metrics adds them up.
METRICS_PREFIX = "storefront-metrics-"
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=METRICS_PREFIX)


def post_fork(server: Any, worker: Any) -> None:
    worker.receive_seconds = receive_seconds


def post_worker_init(worker: Any) -> None:
    from storefront.limits.addresses import network_behind

    worker.network_behind = network_behind


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    if folder.name.startswith(METRICS_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)
