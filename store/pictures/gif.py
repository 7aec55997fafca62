"""GIF files without what is not needed to show them; the pixels stay as they are (GIF89a)."""

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from .errors import Malformed

EXTENSION, PICTURE, END = b"!", b",", b";"
CONTROL, APPLICATION = 0xF9, 0xFF
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
ICC_PROFILE = b"ICCRGBG1012"


class Block(NamedTuple):
    """A block by its label (0: a picture): its head, and the sub-blocks that follow."""

    label: int
    head: bytes
    parts: list[bytes]

    @property
    def whole(self) -> bytes:
        return self.head + b"".join(bytes([len(part)]) + part for part in self.parts) + b"\0"


def stripped(content: bytes, orientation: int) -> bytes:
    file = BytesIO(content)
    kept = [screen(file)]
    # What controls a block stands before it, and goes with it.
    control = b""
    for block in blocks(file):
        if block.label == CONTROL:
            control = block.whole
        elif block.label == 0:
            kept += [control, block.whole]
            control = b""
        elif block.label == APPLICATION:
            kept.append(needed_of(block))
        else:
            control = b""
    return b"".join([*kept, END])


def screen(file: BytesIO) -> bytes:
    """Read the head of the file, with the palette that its pictures share."""
    head = read(file, 13)
    return head + palette(file, head[10])


def palette(file: BytesIO, flags: int) -> bytes:
    return read(file, 3 << (flags & 7) + 1) if flags & 0x80 else b""


def blocks(file: BytesIO) -> Iterator[Block]:
    while (start := read(file, 1)) != END:
        if start == EXTENSION:
            label = read(file, 1)
            yield Block(label[0], start + label, sub_blocks(file))
        elif start == PICTURE:
            place = read(file, 9)
            # With the palette of its own and the size of the codes.
            head = start + place + palette(file, place[8]) + read(file, 1)
            yield Block(0, head, sub_blocks(file))
        else:
            raise Malformed("There is no such block.")


def sub_blocks(file: BytesIO) -> list[bytes]:
    parts = []
    while length := read(file, 1)[0]:
        parts.append(read(file, length))
    return parts


def needed_of(block: Block) -> bytes:
    """Return what of an application's block is needed: how often to repeat, the colour profile."""
    name = block.parts[0] if block.parts else b""
    if name == ICC_PROFILE:
        return block.whole
    loops = [part for part in block.parts[1:] if len(part) == 3 and part[0] & 7 == 1]
    return block._replace(parts=[name, loops[0]]).whole if name in LOOPS and loops else b""


def read(file: BytesIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) < size:
        raise Malformed("It ends too early.")
    return content
