"""JPEG files without what is not needed to show them; the pixels stay as they are (ITU T.81)."""

import re
from collections.abc import Iterator

from .errors import Malformed
from .reading import exif_of

START, END = b"\xff\xd8", b"\xff\xd9"
SCAN = 0xDA
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
# Tables, frames and scans.
CODING = range(0xC0, 0xE0)
# Without a length: a filler, and one more start.
BARE = (0x01, 0xD8)
# In the data of a scan FF is followed by 00, or it is a place to restart from.
MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)


def stripped(content: bytes, orientation: int) -> bytes:
    parts = [START]
    if orientation > 1:
        parts.append(segment(APP1, exif_of(orientation)))
    for marker, data, scan in segments(content):
        if needed := needed_of(marker, data):
            parts += [segment(marker, needed), scan]
    return b"".join([*parts, END])


def segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the segments up to the end of the first picture: marker, data, the scan that follows."""
    position = len(START)
    while found := MARKER.search(content, position):
        marker, position = found[1][0], found.end()
        if marker == END[1]:
            return
        if marker in BARE:
            continue
        start, position = position + 2, position + int.from_bytes(content[position : position + 2])
        if not start <= position <= len(content):
            raise Malformed("A segment has no such length.")
        data, behind = content[start:position], position
        if marker == SCAN:
            following = MARKER.search(content, position)
            position = following.start() if following else len(content)
        yield marker, data, content[behind:position]


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2) + data


def needed_of(marker: int, data: bytes) -> bytes:
    """Return what of a segment is needed to show the picture."""
    if marker in CODING or (marker == APP2 and data.startswith(b"ICC_PROFILE\0")):
        return data
    if marker == APP0 and data.startswith(b"JFIF\0"):
        # Of the small picture only its width and height, which are none.
        return data[:12] + b"\0\0"
    if marker == APP14 and data.startswith(b"Adobe"):
        return data[:12]
    return b""
