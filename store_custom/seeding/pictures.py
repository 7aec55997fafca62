"""The pool of pictures: one for each kind of thing, and two for each collection that suit all of it."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from store.pictures.sizes import file_name, parsed_sizes

from .goods import ASSORTMENTS, Assortment

SIDE = 640
# Drawn twice as large and scaled down, for smooth edges, on a sheet of 100 x 100.
SCALE = SIDE * 2 / 100
FOLDER = "store/images"
PREFIX = f"{FOLDER}/seed-"
# Without AVIF: all of the pool would take minutes. `make_image_sizes --all` makes it.
SIZES = " ".join(f"{side}x{side}" for side in (160, 320, SIDE, SIDE))

SWATCH = (
    "p A 18 30 70 16 82 72 30 86; l B 4 24 40 72 27; l C 2 26 50 74 37; l B 4 28 60 76 47;"
    "l C 2 30 70 78 57; l B 4 32 80 80 67; o S 24 30 30 36; l K 1 27 33 20 16"
)
PARCEL = (
    "p B 20 40 50 28 80 40 50 52; p A 20 40 50 52 50 88 20 76; p C 80 40 50 52 50 88 80 76;"
    "p W 32 35 38 33 68 45 62 47; p W 62 47 68 45 68 81 62 83; r W 26 52 42 62 1;"
    "l K 1 29 55 39 57; l K 1 29 59 36 60"
)


def picture_name(assortment: Assortment, number: int) -> str:
    return f"{PREFIX}{assortment.stem}-{number}.webp"


def drawings(assortment: Assortment) -> Iterator[str]:
    """Yield the drawings of the collection: those of its kinds, then a sample and a parcel."""
    yield from (kind.drawing for kind in assortment.kinds)
    yield from (SWATCH, PARCEL)


def fill_pool() -> int:
    """Draw the pictures that storage lacks, with their sizes, and return their number."""
    drawn = 0
    for assortment in ASSORTMENTS:
        for number, drawing in enumerate(drawings(assortment), start=1):
            names = names_of(picture_name(assortment, number))
            missing = [name for name in names if not is_stored(name)]
            if missing:
                encoded = partial(encode, draw(assortment, number, drawing))
                # The medium size is the picture itself.
                contents = {side: encoded(side=side) for side in {names[name] for name in missing}}
                for name in missing:
                    default_storage.save(name, ContentFile(contents[names[name]]))
                drawn += 1
    return drawn


def names_of(name: str) -> dict[str, int]:
    """Return the names of the files of a picture and of its sizes, with the side of each in pixels."""
    sizes = {file_name(name, size.files, "webp"): size.width for size in parsed_sizes(SIZES)}
    return {name: SIDE, **sizes}


def is_stored(name: str) -> bool:
    """Tell whether a whole picture is there; the stump that a cut-off run left is removed."""
    if not default_storage.exists(name):
        return False
    with default_storage.open(name) as file:
        # A WebP file starts with "RIFF" and the number of bytes that follow.
        head = file.read(8)
        whole = head[:4] == b"RIFF" and int.from_bytes(head[4:], "little") + 8 == file.size
    if not whole:
        default_storage.delete(name)
    return whole


def encode(image: Image.Image, *, side: int) -> bytes:
    """Return a drawing as a WebP file."""
    content = BytesIO()
    image.reduce(image.width // side).save(content, "WEBP", quality=80, method=0)
    return content.getvalue()


def draw(assortment: Assortment, number: int, drawing: str) -> Image.Image:
    """Draw the shapes on the colours of the collection, twice as large as they are shown."""
    sheet, patch, *inks = assortment.palette
    colours = dict(zip("ABCSWK", [*inks, patch, "#fffaf2", "#38332f"], strict=True))
    image = Image.new("RGB", (SIDE * 2, SIDE * 2), sheet)
    pen = ImageDraw.Draw(image)
    for shape in [*backdrop(number), *drawing.split(";")]:
        draw_shape(pen, shape.split(), colours)
    return image


def backdrop(number: int) -> list[str]:
    patch = ("o S 5 5 95 95", "r S 8 8 92 92 14", "p S 50 2 98 50 50 98 2 50")[number % 3]
    return [patch]


def draw_shape(pen: ImageDraw.ImageDraw, shape: list[str], colours: dict[str, str]) -> None:
    """Draw one shape: its letter, its colour's letter, then numbers on a sheet of 100 x 100.

    o: ellipse in a box; r: rectangle and the radius of its corners; p: polygon; l: a line's width
    and points; a: an arc's width, box and angles; s: a slice's box and angles.
    """
    letter, ink, *rest = shape
    colour = colours[ink]
    numbers = [float(number) for number in rest]
    sizes = [number * SCALE for number in numbers]
    if letter == "o":
        pen.ellipse(sizes, colour)
    elif letter == "r":
        pen.rounded_rectangle(sizes[:4], sum(sizes[4:]), colour)
    elif letter == "p":
        pen.polygon(sizes, colour)
    elif letter == "l":
        draw_line(pen, sizes[0], sizes[1:], colour)
    elif letter == "a":
        pen.arc(sizes[1:5], numbers[5], numbers[6], colour, round(sizes[0]))
    else:
        pen.pieslice(sizes[:4], numbers[4], numbers[5], colour)


def draw_line(pen: ImageDraw.ImageDraw, width: float, points: list[float], colour: str) -> None:
    pen.line(points, colour, round(width), joint="curve")
    for x, y in (points[:2], points[-2:]):
        pen.circle((x, y), width / 2, colour)
