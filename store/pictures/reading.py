"""Pictures read to their end, within bounds of memory and time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from PIL import ExifTags, Image

from .errors import UnreadablePicture
from .formats import ALIASES, FORMATS

# Twice what phones take; a small file that unpacks to more is there to fill the memory.
MAX_IMAGE_PIXELS = 25_000_000
# Of all the pictures of an animation; a small file that unpacks to more is there to take the time.
MAX_ANIMATION_PIXELS = 4 * MAX_IMAGE_PIXELS
# What the smallest picture of an animation costs, in pixels that take as long.
MIN_FRAME_PIXELS = 10_000
ORIENTATIONS = range(1, 9)


class Outline(NamedTuple):
    """What a picture looks like from outside."""

    format: str
    size: tuple[int, int]
    frames: int


@contextmanager
def opened(file: Any) -> Iterator[Any]:
    """Open a picture with Pillow, or raise UnreadablePicture, also for what is raised in the block."""
    try:
        with Image.open(file, formats=tuple(FORMATS)) as image:
            yield image
    # Each decoder has errors of its own.
    except Exception as error:
        raise UnreadablePicture(f"{type(error).__name__}: {error}") from error


def outline_of(image: Any) -> Outline:
    # The others of an MPO are behind the end of the JPEG that browsers show.
    frames = 1 if image.format in ALIASES else getattr(image, "n_frames", 1)
    return Outline(ALIASES.get(image.format, image.format), image.size, frames)


def frames_of(image: Any) -> Iterator[Any]:
    """Decode the pictures of an animation one by one, or raise UnreadablePicture."""
    pixels = 0
    for number in range(outline_of(image).frames):
        image.seek(number)
        # One of an animation may be larger than the first.
        area = image.width * image.height
        pixels += max(area, MIN_FRAME_PIXELS)
        if area > MAX_IMAGE_PIXELS or pixels > MAX_ANIMATION_PIXELS:
            raise UnreadablePicture("It unpacks to too much.")
        image.load()
        yield image


def decode(file: Any) -> Outline:
    """Read a picture to its end, or raise UnreadablePicture; its head alone proves nothing."""
    with opened(file) as image:
        outline = outline_of(image)
        for _ in frames_of(image):
            pass
        return outline


def orientation_of(image: Any) -> int:
    """Return how a picture lies (Exif: 1 is upright), as far as that can be read."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        # Broken metadata is on its way out.
        return 1
    return orientation if orientation in ORIENTATIONS else 1


def upright_size(image: Any) -> tuple[int, int]:
    """Return the width and height in which a picture is shown."""
    # From 5 on it lies on its side.
    width, height = image.size
    return (height, width) if orientation_of(image) > 4 else (width, height)


def exif_of(orientation: int) -> bytes:
    """Return Exif data, from the letters "Exif" on, that tells how a picture lies and nothing else."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return exif.tobytes()
