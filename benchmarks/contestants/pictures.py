"""The sizes of a picture as the shop shows them, for whoever reads its table."""

from typing import Any

LABELS = ("thumbnail", "small", "medium", "large")


def sizes_of(media: str, name: str, text: str | None) -> dict[str, Any]:
    """Return the sizes that the text lists, such as "160x120a 320x240a 500x375 500x375"."""
    folder, _, file = name.rpartition("/")
    shown: dict[str, Any] = dict.fromkeys(LABELS)
    # Two sizes that are alike share their files.
    firsts: dict[str, str] = {}
    for label, size in zip(LABELS, (text or "").split(), strict=False):
        width, height = size.rstrip("a").split("x")
        address = f"{media}{folder}/sizes/{file}.{firsts.setdefault(width, label)}"
        avif = f"{address}.avif" if size.endswith("a") else None
        shown[label] = {
            "webp": f"{address}.webp",
            "avif": avif,
            "width": int(width),
            "height": int(height),
        }
    return shown
