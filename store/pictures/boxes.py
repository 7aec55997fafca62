"""Boxes within boxes, of which AVIF files are made (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from .errors import Malformed


class Box(NamedTuple):
    """A box: its kind, and where in the file its data are."""

    kind: bytes
    start: int
    end: int


class Fields(BytesIO):
    """The data of a box, read number by number."""

    def number(self, size: int) -> int:
        content = self.read(size)
        if len(content) < size:
            raise Malformed("A box ends too early.")
        return int.from_bytes(content)

    def version(self) -> int:
        """Read the head of a box that has versions."""
        version = self.number(1)
        self.number(3)
        return version


def boxes(content: bytes | bytearray, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two places, up to what is none."""
    while start + 8 <= end:
        length, kind = struct.unpack(">I4s", content[start : start + 8])
        if not 8 <= length <= end - start:
            return
        yield Box(kind, start + 8, start + length)
        start += length


class Extent(NamedTuple):
    """A part of an item: within what it is (0: the file, 1: the box idat), and where."""

    within: int
    start: int
    end: int


def extents_of(data: bytes) -> Iterator[tuple[int, Extent]]:
    """Yield the parts of all items, by the number of the item, from the data of a box iloc."""
    fields = Fields(data)
    version = fields.version()
    sizes = fields.number(2)
    offset_size, length_size, base_size, index_size = (
        sizes >> shift & 15 for shift in (12, 8, 4, 0)
    )
    id_size = 4 if version == 2 else 2
    for _ in range(fields.number(id_size)):
        item = fields.number(id_size)
        within = fields.number(2) & 15 if version else 0
        fields.number(2)
        base = fields.number(base_size)
        for _ in range(fields.number(2)):
            fields.number(index_size if version else 0)
            start = base + fields.number(offset_size)
            yield item, Extent(within, start, start + fields.number(length_size))
