from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File

from .money import is_rounded, minor_unit_of
from .pictures.errors import UnreadablePicture
from .pictures.formats import accepted_titles
from .pictures.reading import decode

# Within what every database can compare.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)


def not_a_picture() -> ValidationError:
    return ValidationError(f"Upload a {accepted_titles()} picture.")


def is_too_large(file: File) -> bool:
    return file.size > settings.STORE_IMAGE_KILOBYTES * 1024


def validate_file_size(file: File) -> None:
    if is_too_large(file):
        raise ValidationError(f"Files cannot be larger than {settings.STORE_IMAGE_KILOBYTES}KB!")


def validate_image_format(file: File) -> None:
    if is_too_large(file):
        return
    file.seek(0)
    try:
        decode(file)
    except UnreadablePicture as error:
        raise not_a_picture() from error
    finally:
        file.seek(0)


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
