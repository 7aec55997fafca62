"""What Prometheus reads: the counters, and what waits to be sent."""

import os
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from outbox.models import Mail
from webhooks.models import Delivery


class OutboxCollector(Collector):
    """Looks at what is sent when it is asked: workers send it, and have no metrics page."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        mails = GaugeMetricFamily(
            "storefront_outbox_mails",
            "Mails due now, waiting for another try, given up, and sent but not yet purged.",
            labels=["state"],
        )
        deliveries = GaugeMetricFamily(
            "storefront_webhook_deliveries",
            "Deliveries due now, waiting for another try or an endpoint that is off, given up, and delivered.",
            labels=["state"],
        )
        try:
            add_states(mails, states_of_mails())
            add_states(deliveries, states_of_deliveries())
        except (DatabaseError, InterfaceError):
            # The other numbers matter most while the database is away.
            return
        yield mails
        yield deliveries


def add_states(gauge: GaugeMetricFamily, states: dict[str, Any]) -> None:
    for state, rows in states.items():
        gauge.add_metric([state], rows.count())


def states_of_mails() -> dict[str, Any]:
    mails = Mail.objects.all()
    return {
        "due": mails.due(),
        "waiting": mails.filter(due_at__gt=timezone.now()),
        "given_up": mails.given_up(),
        "sent": mails.filter(sent_at__isnull=False),
    }


def states_of_deliveries() -> dict[str, Any]:
    deliveries = Delivery.objects.order_by()
    due = deliveries.sendable()
    return {
        "due": due,
        "waiting": deliveries.waiting().exclude(pk__in=due.values("pk")),
        "given_up": deliveries.given_up(),
        "delivered": deliveries.delivered(),
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
