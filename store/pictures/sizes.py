"""The sizes in which a picture is shown: WebP for every browser, AVIF where its encoding is quick."""

import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import PurePosixPath
from time import thread_time
from typing import Any, NamedTuple

from PIL import Image, ImageCms, features

from .errors import UnreadablePicture
from .reading import MAX_IMAGE_PIXELS, opened, orientation_of, upright_size

# Pixels across, at most; the smallest first.
WIDTHS = {"thumbnail": 160, "small": 320, "medium": 640, "large": 1280}
# What a WebP file holds; only a picture that is a hundred times as high as wide meets it.
MAX_SIDE = 16383
EXTENSIONS = ("webp", "avif")
WEBP = {"format": "WEBP", "quality": 80, "method": 4}
# In one thread, so that a worker leaves the other processors to the shop.
AVIF = {"format": "AVIF", "quality": 60, "max_threads": 1}
# Of the encoder, 0 to 10. Below 6 the large size takes 3 s; at 8 it takes a third of 6, and has a fifth
# more bytes, which is still less than WebP.
SPEED, HIGH_SPEED = 6, 8
# Seconds of a processor that the encoding of one AVIF file may take.
MAX_AVIF_SECONDS = 1.0
# Pixels of which no speed is that quick; not even tried.
MAX_AVIF_PIXELS = 6_000_000
# How the time grows with the pixels: a larger picture has fewer details in as many.
GROWTH = 0.75
SIZE = re.compile(r"(\d{1,5})x(\d{1,5})(a?)")
# Of the text that says which sizes there are: four times "12345x12345a" with a space between.
MAX_SIZES_TEXT = 64
PARSED_TEXTS = 10_000

SRGB = ImageCms.createProfile("sRGB")
# By the Exif orientation; 1 is upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Size(NamedTuple):
    """One of the sizes of a picture; two that are alike share their files."""

    label: str
    width: int
    height: int
    has_avif: bool
    # The label in the names of its files.
    files: str


class MadeSizes(NamedTuple):
    # Of the original, upright.
    width: int
    height: int
    # Which there are, to be parsed by `parsed_sizes`.
    text: str
    # By label and extension; None for what there is not.
    files: dict[tuple[str, str], bytes | None]


@lru_cache(PARSED_TEXTS)
def parsed_sizes(text: str) -> tuple[Size, ...]:
    """Return the sizes that a text lists; none where it lists others than those of WIDTHS."""
    found = SIZE.findall(text)
    if len(found) != len(WIDTHS):
        return ()
    labels: dict[str, str] = {}
    return tuple(
        Size(label, int(width), int(height), bool(avif), labels.setdefault(width, label))
        for label, (width, height, avif) in zip(WIDTHS, found, strict=True)
    )


def file_name(name: str, label: str, extension: str) -> str:
    """Return the name of the file of a size, which follows from the name of the picture."""
    path = PurePosixPath(name)
    return str(path.parent / "sizes" / f"{path.name}.{label}.{extension}")


def file_names(name: str) -> Iterator[str]:
    """Yield the names of all the files that there may be of the sizes of a picture."""
    for label in WIDTHS:
        for extension in EXTENSIONS:
            yield file_name(name, label, extension)


def make_sizes(content: bytes) -> MadeSizes:
    """Make the sizes of a picture, of an animation those of its first frame, or raise UnreadablePicture."""
    with opened(BytesIO(content)) as image:
        width, height = upright_size(image)
        if width * height > MAX_IMAGE_PIXELS:
            raise UnreadablePicture("It unpacks to too much.")
        sizes = {label: fitted((width, height), across) for label, across in WIDTHS.items()}
        largest = standardised(image, sizes["large"])
        files: dict[tuple[str, str], bytes | None] = {}
        made: dict[tuple[int, int], bool] = {}
        encoder = AvifEncoder()
        for label, size in sizes.items():
            if size in made:
                continue
            # The largest is near enough to the original, and takes a tenth of the time.
            small = largest.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
            files[label, "webp"], _ = encoded(small, **WEBP)
            avif = encoder.encode(small)
            files[label, "avif"] = avif
            made[size] = avif is not None
        texts = (f"{w}x{h}{'a' if made[w, h] else ''}" for w, h in sizes.values())
        return MadeSizes(width, height, " ".join(texts), files)


def fitted(size: tuple[int, int], across: int) -> tuple[int, int]:
    """Return the size of a picture that is scaled down to a width, never up."""
    scale = min(across / size[0], MAX_SIDE / size[1], 1)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def standardised(image: Any, size: tuple[int, int]) -> Any:
    """Return the first frame in a size, upright, in sRGB with eight bits, transparent if anywhere it is."""
    orientation, profile = orientation_of(image), image.info.get("icc_profile")
    is_turned = orientation > 4
    stored_size = size[::-1] if is_turned else size
    image.seek(0)
    # A JPEG is decoded to an eighth at once, or whatever is still large enough.
    image.draft(None, (stored_size[0] * 2, stored_size[1] * 2))
    plain = with_eight_bits(image)
    small = plain.resize(stored_size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    small = opaque_if_it_is(in_srgb(small, profile))
    if orientation in TURNS:
        small = small.transpose(TURNS[orientation])
    # Nothing of it goes into a file: neither Exif nor the profile, which is sRGB's now.
    small.info.clear()
    return small


def with_eight_bits(image: Any) -> Any:
    """Return a picture in a mode that can be scaled: grey, RGB or CMYK, with transparency where it has any."""
    if image.mode.startswith("I"):
        # 16 bits, of which the upper eight are shown.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image.copy()
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def in_srgb(image: Any, profile: bytes | None) -> Any:
    has_alpha = image.mode in ("LA", "RGBA")
    colours = image.convert(image.mode.removesuffix("A")) if has_alpha else image
    converted = converted_by(profile, colours) if profile else None
    shown = converted or colours.convert("RGB")
    if has_alpha:
        shown.putalpha(image.getchannel("A"))
    return shown


def converted_by(profile: bytes, image: Any) -> Any:
    """Return a picture in sRGB, None where its profile is broken or is another mode's."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def opaque_if_it_is(image: Any) -> Any:
    is_opaque = image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255
    return image.convert("RGB") if is_opaque else image


class AvifEncoder:
    """Encodes pictures, the smallest first, as long as each takes less than MAX_AVIF_SECONDS."""

    def __init__(self) -> None:
        self.is_quick = bool(features.check("avif"))
        # Of the last one.
        self.seconds = self.pixels = 0.0

    def encode(self, image: Any) -> bytes | None:
        """Return an AVIF file, None where its encoding takes too long, or that of a smaller one did."""
        pixels = image.width * image.height
        if not self.is_quick or pixels > MAX_AVIF_PIXELS:
            return None
        grown = (pixels / self.pixels) ** GROWTH if self.pixels else 0
        speed = SPEED if self.seconds * grown < MAX_AVIF_SECONDS else HIGH_SPEED
        content, seconds = encoded(image, **AVIF, speed=speed)
        self.is_quick = seconds < MAX_AVIF_SECONDS
        self.seconds, self.pixels = seconds, pixels
        return content if self.is_quick else None


def encoded(image: Any, **options: Any) -> tuple[bytes, float]:
    """Return a file, and the seconds of a processor that it took: a busy machine makes nothing dearer."""
    file, start = BytesIO(), thread_time()
    image.save(file, **options)
    return file.getvalue(), thread_time() - start
