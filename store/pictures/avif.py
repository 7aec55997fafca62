"""AVIF files without what is not needed to show them; the pixels stay as they are (AV1 Image File Format).

What is needed is found by its place in the file. What is not is emptied, so that every place stays.
"""

from collections.abc import Iterator

from .boxes import Box, Fields, boxes, extents_of
from .errors import Malformed

NEEDED = {b"ftyp", b"meta", b"moov", b"mdat"}
NEEDED_IN_META = {b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp", b"iref", b"idat", b"grpl", b"dinf"}
METADATA = {b"Exif", b"mime", b"uri "}
# What an animation is made of has too many places to be emptied at.
WORDS_IN_MOVIE = (*METADATA, b"meta", b"uuid", b"udta", b"free", b"skip")


def stripped(content: bytes, orientation: int) -> bytes:
    """Return the file without metadata, or raise Malformed where it cannot be taken out."""
    file = bytearray(content)
    end = 0
    for box in boxes(content, 0, len(content)):
        if box.kind not in NEEDED:
            empty(file, box)
            continue
        end = box.end
        if box.kind == b"meta":
            strip_meta(file, box)
        elif box.kind == b"moov" and any(
            word in content[box.start : box.end] for word in WORDS_IN_MOVIE
        ):
            raise Malformed("The animation has metadata.")
    return bytes(file[:end])


def empty(file: bytearray, box: Box) -> None:
    file[box.start - 4 : box.end] = b"free" + bytes(box.end - box.start)


def strip_meta(file: bytearray, meta: Box) -> None:
    # Its version comes first.
    inner = {}
    for box in boxes(file, meta.start + 4, meta.end):
        inner[box.kind] = box
        if box.kind not in NEEDED_IN_META:
            empty(file, box)
    unneeded = {*metadata_items(file, inner)}
    if unneeded:
        iloc = inner[b"iloc"]
        for item, extent in extents_of(bytes(file[iloc.start : iloc.end])):
            if item in unneeded:
                start = (0, inner[b"idat"].start if b"idat" in inner else 0)[extent.within]
                wipe(file, start + extent.start, start + extent.end)


def metadata_items(file: bytearray, inner: dict[bytes, Box]) -> Iterator[int]:
    """Yield the numbers of the items that are metadata, and make them items of no kind."""
    iinf = inner.get(b"iinf")
    if iinf is None:
        return
    # A version, then the number of entries, which is longer from the first version on.
    first = iinf.start + (8 if file[iinf.start] else 6)
    for entry in boxes(file, first, iinf.end):
        fields = Fields(file[entry.start : entry.end])
        item = fields.number(4 if fields.version() >= 3 else 2)
        fields.number(2)
        place = entry.start + fields.tell()
        if bytes(file[place : place + 4]) in METADATA:
            file[place : place + 4] = b"free"
            wipe(file, place + 4, entry.end)
            yield item


def wipe(file: bytearray, start: int, end: int) -> None:
    if not start <= end <= len(file):
        raise Malformed("An item is outside of the file.")
    file[start:end] = bytes(end - start)
