"""PNG files without what is not needed to show them; the pixels stay as they are (W3C PNG, third edition)."""

import struct
import zlib
from collections.abc import Iterator
from typing import Any

from .errors import Malformed
from .reading import exif_of

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PIXELS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD"}
COLOURS = {b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"pHYs"}
ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
# Bytes of pixels that are held while they are looked through.
READ_AT_ONCE = 1024 * 1024
NEEDED = PIXELS | COLOURS | ANIMATION


def stripped(content: bytes, orientation: int) -> bytes:
    parts = [SIGNATURE]
    # What a careless editor leaves of a larger picture stands behind the end of the compressed data.
    pixels = zlib.decompressobj()
    for kind, whole in chunks(content):
        if kind == b"IDAT":
            read_on(pixels, whole[8:-4])
        if kind in NEEDED:
            parts.append(whole)
        if kind == b"IHDR" and orientation > 1:
            parts.append(chunk(b"eXIf", exif_of(orientation).removeprefix(b"Exif\0\0")))
    return b"".join(parts)


def read_on(pixels: Any, data: bytes) -> None:
    """Decompress a part of the pixels, or raise Malformed where it goes on behind their end."""
    while data and not pixels.eof:
        pixels.decompress(data, READ_AT_ONCE)
        data = pixels.unconsumed_tail
    if data or pixels.unused_data:
        raise Malformed("There is more than pixels.")


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of the picture up to its end: kind, and all its bytes."""
    position, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        head = content[position : position + 8]
        if len(head) < 8:
            raise Malformed("It has no end.")
        length, kind = struct.unpack(">I4s", head)
        # Length and kind before the data, a checksum behind it.
        whole = content[position : position + length + 12]
        position += len(whole)
        yield kind, whole


def chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", checksum)
