"""What Prometheus reads: the counters, and the mails in the outbox."""

import os
from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from outbox.models import Mail, MailQuerySet


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
