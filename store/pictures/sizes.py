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
# One thread, so that a worker's other processes keep theirs. The slower speeds of the encoder take
# more than a second for the large size, the faster ones make files hardly smaller than WebP's.
OPTIONS: dict[str, dict[str, Any]] = {
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "avif": {"format": "AVIF", "quality": 60, "speed": 6, "max_threads": 1},
}
# Seconds of a processor that the encoding of one AVIF file may take.
MAX_AVIF_SECONDS = 1.0
# Pixels of which no encoder is that quick; not even tried.
MAX_AVIF_PIXELS = 3_000_000
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
        is_quick = bool(features.check("avif"))
        for label, size in sizes.items():
            if size in made:
                continue
            # The largest is near enough to the original, and takes a tenth of the time.
            small = largest.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
            files[label, "webp"], _ = encoded(small, "webp")
            avif, is_quick = quickly_encoded(small) if is_quick else (None, False)
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


def quickly_encoded(image: Any) -> tuple[bytes | None, bool]:
    """Return an AVIF file, or None if its encoding takes too long; and whether a larger one is worth a try."""
    if image.width * image.height > MAX_AVIF_PIXELS:
        return None, False
    content, seconds = encoded(image, "avif")
    is_quick = seconds < MAX_AVIF_SECONDS
    return content if is_quick else None, is_quick


def encoded(image: Any, extension: str) -> tuple[bytes, float]:
    """Return a file, and the seconds of a processor that it took: a busy machine makes nothing dearer."""
    file, start = BytesIO(), thread_time()
    image.save(file, **OPTIONS[extension])
    return file.getvalue(), thread_time() - start
