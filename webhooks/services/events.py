"""What happened, recorded with the change that it is about."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from ..event_types import TEST
from ..models import Delivery, Endpoint, Event
from ..signals import deliveries_due

Data = dict[str, Any]

# Rows that one statement writes.
ROWS = 500


class PayloadEncoder(DjangoJSONEncoder):
    """Writes amounts as numbers, as the API does."""

    def default(self, value: Any) -> Any:
        return float(value) if isinstance(value, Decimal) else super().default(value)


def is_wanted(event_type: str) -> bool:
    """Tell whether an endpoint that is on asks for an event."""
    return bool(_endpoints_for(event_type))


def record_events(*, event_type: str, data: Callable[[], Iterable[Data]]) -> int:
    """Record events for each endpoint that asks for them, in the transaction of their cause.

    Nothing is recorded, and `data` not called, where none asks. They are sent after the commit. Returns
    how many were recorded.
    """
    endpoint_ids = _endpoints_for(event_type)
    if not endpoint_ids:
        return 0
    now = timezone.now()
    events = [_event(event_type, now, each) for each in data()]
    _record(events, endpoint_ids)
    return len(events)


def record_test_event(*, endpoint: Endpoint) -> Delivery:
    """Record an event that tells one endpoint, be it on or off, that it can be reached."""
    data = {"description": "The shop can reach this endpoint."}
    event = _event(TEST, timezone.now(), data)
    _record([event], [endpoint.pk])
    return event.deliveries.get()


def _endpoints_for(event_type: str) -> list[int]:
    # In Python: databases ask into JSON in ways of their own, and there are few endpoints.
    with connection.cursor() as cursor:
        cursor.execute(*_endpoints_sql())
        rows = cursor.fetchall()
    return [key for key, types in rows if event_type in json.loads(types)]


@cache
def _endpoints_sql() -> tuple[str, tuple[Any, ...]]:
    # Compiled once: each order asks, and a queryset made it dearer by a tenth.
    rows: Any = Endpoint.objects.on().order_by("pk").values_list("pk", "event_types")
    sql, params = rows.query.sql_with_params()
    return sql, params


def _event(event_type: str, at: datetime, data: Data) -> Event:
    payload = json.dumps(
        {"type": event_type, "timestamp": at, "data": data},
        cls=PayloadEncoder,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return Event(type=event_type, payload=payload, created_at=at)


@transaction.atomic
def _record(events: Sequence[Event], endpoint_ids: Sequence[int]) -> None:
    Event.objects.bulk_create(events, batch_size=ROWS)
    Delivery.objects.bulk_create(
        (
            Delivery(event=event, endpoint_id=key, due_at=event.created_at)
            for event in events
            for key in endpoint_ids
        ),
        batch_size=ROWS,
    )
    transaction.on_commit(
        lambda: deliveries_due.send_robust(sender=Delivery, endpoint_ids=endpoint_ids)
    )
