"""WebP files without what is not needed to show them; the pixels stay as they are (RFC 9649)."""

import struct
from collections.abc import Iterator

from .errors import Malformed
from .reading import exif_of

BITSTREAMS = {b"VP8 ", b"VP8L", b"ALPH"}
NEEDED = BITSTREAMS | {b"VP8X", b"ANIM", b"ANMF", b"ICCP"}
# Of the first byte of VP8X: which chunks there are.
EXIF_FLAG, XMP_FLAG = 0x08, 0x04
# Of ANMF: where and how long its picture is shown.
FRAME_HEAD = 16


def stripped(content: bytes, orientation: int) -> bytes:
    body = b"WEBP" + b"".join(
        chunk(kind, needed_of(kind, data, orientation))
        for kind, data in chunks(content, 12, end_of(content))
        if kind in NEEDED
    )
    # A picture without VP8X has room for its pixels only.
    if orientation > 1 and body[4:8] == b"VP8X":
        body += chunk(b"EXIF", exif_of(orientation).removeprefix(b"Exif\0\0"))
    return chunk(b"RIFF", body)


def end_of(content: bytes) -> int:
    return min(len(content), 8 + int(struct.unpack("<I", content[4:8])[0]))


def chunks(content: bytes, position: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while position + 8 <= end:
        kind, length = struct.unpack("<4sI", content[position : position + 8])
        position += 8
        if position + length > end:
            raise Malformed("A chunk has no such length.")
        yield kind, content[position : position + length]
        # Chunks start at even places.
        position += length + length % 2


def needed_of(kind: bytes, data: bytes, orientation: int) -> bytes:
    """Return what of a chunk is needed to show the picture."""
    if kind == b"VP8X":
        flags = data[0] & ~EXIF_FLAG & ~XMP_FLAG
        return bytes([flags | EXIF_FLAG if orientation > 1 else flags]) + data[1:10]
    if kind == b"ANMF":
        inner = chunks(data, FRAME_HEAD, len(data))
        return data[:FRAME_HEAD] + b"".join(chunk(*one) for one in inner if one[0] in BITSTREAMS)
    return data


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(data)) + data + b"\0" * (len(data) % 2)
