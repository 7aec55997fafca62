"""Whether the shop runs in a container, where a browser on the same machine comes from the network's gateway."""

from collections.abc import Iterable
from pathlib import Path

# Made by Docker and by Podman.
CONTAINER_FILES = (Path("/.dockerenv"), Path("/run/.containerenv"))


def show_toolbar(files: Iterable[Path]) -> str:
    """Return the callback of the debug toolbar that shows it to this machine."""
    # Outside of a container the gateway is a router, behind which strangers may be.
    is_container = any(file.exists() for file in files)
    return "show_toolbar_with_docker" if is_container else "show_toolbar"
