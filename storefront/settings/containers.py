"""Whether the shop runs in a container, where a browser on the same machine comes from the network's gateway."""

from collections.abc import Iterable
from pathlib import Path

# Docker's and Podman's.
CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))


def show_toolbar(marks: Iterable[Path]) -> str:
    """Return the callback of the debug toolbar that shows it to this machine."""
    # Outside of a container the gateway is a router, behind which strangers may be.
    is_container = any(mark.exists() for mark in marks)
    return "show_toolbar_with_docker" if is_container else "show_toolbar"
