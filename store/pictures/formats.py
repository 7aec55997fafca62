"""The pictures that the shop takes: what Pillow reads, every browser shows and nothing runs in."""

from typing import NamedTuple


class PictureFormat(NamedTuple):
    title: str
    content_type: str
    # The first is the one under which a file is stored.
    extensions: tuple[str, ...]


# By the name that Pillow gives them. The upload page and the front server hold the same list; tests compare.
FORMATS = {
    "JPEG": PictureFormat("JPEG", "image/jpeg", ("jpg", "jpeg")),
    "PNG": PictureFormat("PNG", "image/png", ("png",)),
    "WEBP": PictureFormat("WebP", "image/webp", ("webp",)),
    "GIF": PictureFormat("GIF", "image/gif", ("gif",)),
    "AVIF": PictureFormat("AVIF", "image/avif", ("avif",)),
    "BMP": PictureFormat("BMP", "image/bmp", ("bmp",)),
}
# A JPEG with further pictures behind the first, as phones write them.
ALIASES = {"MPO": "JPEG"}


def accepted_titles() -> str:
    *others, last = (known.title for known in FORMATS.values())
    return f"{', '.join(others)} or {last}"
