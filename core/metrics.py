"""What Prometheus reads: requests, orders and mails."""

import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from time import perf_counter
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from outbox.models import Mail, MailQuerySet

# When each counter began: a third more lines, and Prometheus does without.
disable_created_metrics()

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

requests = Counter(
    "storefront_http_requests",
    "Requests by view, method and class of the answer's status.",
    ["view", "method", "status"],
)
# Seconds; from a cached page to what a shopper no longer waits for.
durations = Histogram(
    "storefront_http_request_duration_seconds",
    "Time until an answer was ready, by view and method.",
    ["view", "method"],
    buckets=[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
)
orders = Counter("storefront_orders_placed", "Orders placed, by shoppers and by staff.")


class MetricsMiddleware:
    """Counts and times the requests; every label is of a set that no client can enlarge."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        response = self.get_response(request)
        took = perf_counter() - started
        count_request(view_of(request), request.method, response.status_code, took)
        return response


def count_request(view: str, method: str | None, status: int, seconds: float) -> None:
    counter, histogram = meters(view, method if method in METHODS else "other", status // 100)
    counter.inc()
    histogram.observe(seconds)


@lru_cache(maxsize=1000)
def meters(view: str, method: str, status_class: int) -> tuple[Counter, Histogram]:
    """Return what counts and what times such a request; to look them up costs more than to use them."""
    return (
        requests.labels(view, method, f"{status_class}xx"),
        durations.labels(view, method),
    )


class OutboxCollector(Collector):
    """Looks at the outbox when it is asked: workers send the mails, and have no metrics page."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        mails = GaugeMetricFamily(
            "storefront_outbox_mails",
            "Mails due now, waiting for another try, given up, and sent but not yet purged.",
            labels=["state"],
        )
        try:
            for state, rows in states_of_mails().items():
                mails.add_metric([state], rows.count())
        except (DatabaseError, InterfaceError):
            # The other numbers matter most while the database is away.
            return
        yield mails


def states_of_mails() -> dict[str, MailQuerySet]:
    mails = Mail.objects.all()
    return {
        "due": mails.due(),
        "waiting": mails.filter(due_at__gt=timezone.now()),
        "given_up": mails.given_up(),
        "sent": mails.filter(sent_at__isnull=False),
    }


def registry() -> CollectorRegistry:
    """Return what there is to collect: of this process, or of all that share PROMETHEUS_MULTIPROC_DIR."""
    gathered = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(gathered)
    else:
        gathered.register(REGISTRY)
    gathered.register(OutboxCollector())
    return gathered


def view_of(request: HttpRequest) -> str:
    # The name of a route, never a path; one label for all that no route knows.
    match = request.resolver_match
    return match.view_name if match else "none"


def count_order(**kwargs: Any) -> None:
    orders.inc()
