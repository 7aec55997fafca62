"""The types of events there are; apps that record events say which when they start."""

from collections.abc import Mapping

TEST = "webhook.test"

# By name, what it tells; in the order in which staff see them.
EVENT_TYPES: dict[str, str] = {}


def register_event_types(types: Mapping[str, str]) -> None:
    EVENT_TYPES.update(types)
