from django.core.exceptions import ValidationError
from django.core.files import File
from PIL import Image, UnidentifiedImageError

MAX_IMAGE_KILOBYTES = 500
# Format as Pillow names it -> the extension under which the file is stored.
IMAGE_EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


def image_format(file: File) -> str | None:
    """Return the format that the content shows ("JPEG", "PNG", "WEBP"), None for anything else."""
    file.seek(0)
    try:
        with Image.open(file, formats=tuple(IMAGE_EXTENSIONS)) as image:
            return image.format
    except (UnidentifiedImageError, Image.DecompressionBombError):
        return None
    finally:
        file.seek(0)


def validate_image_size(file: File) -> None:
    if file.size > MAX_IMAGE_KILOBYTES * 1024:
        raise ValidationError(f"Files cannot be larger than {MAX_IMAGE_KILOBYTES}KB!")


def validate_image_format(file: File) -> None:
    if image_format(file) is None:
        raise ValidationError("Upload a JPEG, PNG or WebP picture.")
