from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from PIL import Image

from .money import is_rounded, minor_unit_of

MAX_IMAGE_KILOBYTES = 500
# Twice what phones take; a small file that unpacks to more is there to fill the memory.
MAX_IMAGE_PIXELS = 25_000_000
IMAGE_FORMATS = ("JPEG", "PNG", "WEBP")
# Format as Pillow names it -> the extension under which the file is stored.
# MPO is a JPEG with further pictures behind the first, as phones write them.
IMAGE_EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp"}


def image_format(file: File) -> str | None:
    """Return the format of a picture that can be read to its end, None for anything else."""
    file.seek(0)
    try:
        with Image.open(file, formats=IMAGE_FORMATS) as image:
            if image.width * image.height > MAX_IMAGE_PIXELS:
                return None
            # The header alone would let a truncated or disguised file through.
            image.load()
            return image.format
    # Each decoder has errors of its own.
    except Exception:
        return None
    finally:
        file.seek(0)


def is_too_large(file: File) -> bool:
    return file.size > MAX_IMAGE_KILOBYTES * 1024


def validate_image_size(file: File) -> None:
    if is_too_large(file):
        raise ValidationError(f"Files cannot be larger than {MAX_IMAGE_KILOBYTES}KB!")


def validate_image_format(file: File) -> None:
    if not is_too_large(file) and image_format(file) is None:
        raise ValidationError("Upload a JPEG, PNG or WebP picture.")


def validate_one_line(text: str) -> None:
    if "".join(text.splitlines()) != text:
        raise ValidationError("Line breaks are not allowed here.")


def validate_minor_unit(amount: Decimal) -> None:
    """Refuse an amount with more decimals than the shop's currency has."""
    if not is_rounded(amount):
        currency = settings.STORE_CURRENCY
        raise ValidationError(
            f"Prices in {currency} are multiples of {minor_unit_of(currency)}.",
            code="minor_unit",
        )
