"""AVIF files without what is not needed to show them; the pixels stay as they are (AV1 Image File Format).

What is needed is found by its place in the file. What is not is emptied, so that every place stays.
"""

from collections.abc import Iterable, Iterator

from .boxes import Box, Extent, Fields, boxes, extents_of
from .errors import Malformed

NEEDED = {b"ftyp", b"meta", b"moov", b"mdat"}
NEEDED_IN_META = {b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp", b"iref", b"idat", b"grpl", b"dinf"}
# Items that are pixels, or made of those that are.
PICTURES = {b"av01", b"grid", b"iovl", b"iden", b"tmap", b"sato"}
# What an animation is made of has too many places to be emptied at.
WORDS_IN_MOVIE = (b"Exif", b"mime", b"uri ", b"meta", b"uuid", b"udta", b"free", b"skip")


def stripped(content: bytes, orientation: int) -> bytes:
    """Return the file without metadata, or raise Malformed where it cannot be taken out."""
    file = bytearray(content)
    found = list(boxes(content, 0, len(content)))
    is_animated = any(box.kind == b"moov" for box in found)
    shown = [part for box in found if box.kind == b"meta" for part in strip_meta(file, box)]
    for box in found:
        if box.kind not in NEEDED:
            empty(file, box)
        elif box.kind == b"mdat" and not is_animated:
            keep_only(file, box, shown)
        elif box.kind == b"moov" and any(
            word in content[box.start : box.end] for word in WORDS_IN_MOVIE
        ):
            raise Malformed("The animation has metadata.")
    return bytes(file[: max((box.end for box in found if box.kind in NEEDED), default=0)])


def empty(file: bytearray, box: Box) -> None:
    file[box.start - 4 : box.end] = b"free" + bytes(box.end - box.start)


def keep_only(file: bytearray, box: Box, parts: Iterable[Extent]) -> None:
    """Empty a box but for these parts of the file."""
    kept = bytearray(box.end - box.start)
    for _, start, end in parts:
        first, last = max(start, box.start), min(end, box.end)
        if first < last:
            kept[first - box.start : last - box.start] = file[first:last]
    file[box.start : box.end] = kept


def strip_meta(file: bytearray, meta: Box) -> list[Extent]:
    """Empty what is metadata; return where in the file the pixels are."""
    # Its version comes first.
    inner = {}
    for box in boxes(file, meta.start + 4, meta.end):
        inner[box.kind] = box
        if box.kind not in NEEDED_IN_META:
            empty(file, box)
    pixels = {*pixel_items(file, inner)}
    shown, iloc = [], inner[b"iloc"]
    for item, extent in extents_of(bytes(file[iloc.start : iloc.end])):
        if item not in pixels:
            start = (0, inner[b"idat"].start if b"idat" in inner else 0)[extent.within]
            wipe(file, start + extent.start, start + extent.end)
        elif extent.within == 0:
            shown.append(extent)
    return shown


def pixel_items(file: bytearray, inner: dict[bytes, Box]) -> Iterator[int]:
    """Yield the numbers of the items that are pixels; make the others items of no kind."""
    iinf = inner[b"iinf"]
    # A version, then the number of entries, which is longer from the first version on.
    first = iinf.start + (8 if file[iinf.start] else 6)
    for entry in boxes(file, first, iinf.end):
        fields = Fields(file[entry.start : entry.end])
        item = fields.number(4 if fields.version() >= 3 else 2)
        fields.number(2)
        place = entry.start + fields.tell()
        if bytes(file[place : place + 4]) in PICTURES:
            yield item
        else:
            file[place : place + 4] = b"free"
            wipe(file, place + 4, entry.end)


def wipe(file: bytearray, start: int, end: int) -> None:
    if not start <= end <= len(file):
        raise Malformed("An item is outside of the file.")
    file[start:end] = bytes(end - start)
