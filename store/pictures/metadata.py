"""Pictures without their metadata: where, when and by whom they were taken, and bytes behind their end."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

from . import avif, gif, jpeg, png, webp
from .errors import Malformed, UnreadablePicture
from .formats import FORMATS
from .reading import Outline, decode, exif_of, frames_of, opened, orientation_of, outline_of

Rewrite = Callable[[bytes, int], bytes]
REWRITES: dict[str, Rewrite] = {
    "JPEG": jpeg.stripped,
    "PNG": png.stripped,
    "WEBP": webp.stripped,
    "GIF": gif.stripped,
    "AVIF": avif.stripped,
}
# Bytes that nobody minds, whatever the file had before.
COMMON_SIZE = 500 * 1024
# How a picture is encoded again, best first; nobody sees what it loses.
QUALITIES: dict[str, list[dict[str, Any]]] = {
    "JPEG": [{"quality": quality, "subsampling": 0} for quality in (95, 85, 75)],
    "WEBP": [{"quality": quality} for quality in (95, 85, 75)],
    "AVIF": [{"quality": quality, "speed": 8} for quality in (90, 80, 65)],
}
LOSSLESS: list[dict[str, Any]] = [{}]
# What the pixels need to look as they did.
SHOWN = {"icc_profile", "transparency", "duration", "loop", "background", "disposal", "blend"}


class StrippedPicture(NamedTuple):
    format: str
    content: bytes

    @property
    def name(self) -> str:
        """A name that tells what the content is."""
        return f"picture.{FORMATS[self.format].extensions[0]}"


def strip_metadata(content: bytes) -> StrippedPicture:
    """Return a picture with its pixels, colours, orientation and animation, and nothing else.

    The file is rewritten around its pixels; where that cannot be done, they are encoded again. What was
    stripped before comes back as it is. Raises UnreadablePicture.
    """
    with opened(BytesIO(content)) as image:
        outline, orientation = outline_of(image), orientation_of(image)
        rewritten = rewrite(content, outline.format, orientation)
        if rewritten and is_like(rewritten, outline):
            return StrippedPicture(outline.format, rewritten)
        return reencoded(image, len(content), orientation)


def rewrite(content: bytes, name: str, orientation: int) -> bytes | None:
    """Return the file rewritten around its pixels; None where that cannot be done."""
    try:
        return REWRITES[name](content, orientation) if name in REWRITES else None
    except (Malformed, IndexError, KeyError, OverflowError, struct.error, zlib.error):
        return None


def is_like(content: bytes, outline: Outline) -> bool:
    try:
        return decode(BytesIO(content)) == outline
    except UnreadablePicture:
        return False


def reencoded(image: Any, size: int, orientation: int) -> StrippedPicture:
    """Encode the pixels once more, as well as fits about the size that the file had."""
    name = outline_of(image).format
    options = options_for(image, orientation)
    for quality in QUALITIES.get(name, LOSSLESS):
        encoded = encode(image, name, options | quality)
        if len(encoded) <= max(size, COMMON_SIZE):
            break
    if name == "BMP" and len(encoded) > size:
        # It was compressed as Pillow compresses no BMP.
        return StrippedPicture("PNG", encode(image, "PNG", options))
    return StrippedPicture(name, rewrite(encoded, name, orientation) or encoded)


def options_for(image: Any, orientation: int) -> dict[str, Any]:
    options = {"icc_profile": image.info.get("icc_profile")}
    if orientation > 1:
        options["exif"] = exif_of(orientation)
    if outline_of(image).frames > 1:
        durations = [frame.info.get("duration", 0) for frame in frames_of(image)]
        options |= {"save_all": True, "duration": durations, "loop": image.info.get("loop", 0)}
    return options


def encode(image: Any, name: str, options: dict[str, Any]) -> bytes:
    file = BytesIO()
    image.seek(0)
    image.info = {name: value for name, value in image.info.items() if name in SHOWN}
    image.save(file, name, **options)
    return file.getvalue()
