"""What was recorded for the webhooks."""

import json
from typing import Any

from webhooks.models import Event


def told(*types: str) -> list[tuple[str, Any]]:
    """Return the data of what was recorded, oldest first, each with its type; only of these types if any."""
    events = [json.loads(event.payload) for event in Event.objects.order_by("deliveries__id")]
    return [(each["type"], each["data"]) for each in events if not types or each["type"] in types]


def names() -> list[str]:
    return [name for name, _ in told()]
