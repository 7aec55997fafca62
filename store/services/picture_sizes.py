"""The sizes of pictures: made from their files beside the requests, and shown by every row with the file."""

import logging
from collections.abc import Iterator

from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ..models import ProductImage
from ..pictures.errors import UnreadablePicture
from ..pictures.sizes import MadeSizes, file_name, make_sizes
from .pictures import pictures_of, read, remove_unused_file
from .transactions import retrying_transaction

logger = logging.getLogger(__name__)

# Of which none can be made.
NONE_MADE = ""
# Pictures of a sweep, which a worker is done with long before its time limit.
SWEPT_AT_ONCE = 50
# A file that is not there or no picture, or whose name leads out of the storage.
UNUSABLE = (OSError, ValueError, SuspiciousOperation)


def make_picture_sizes(*, name: str) -> bool:
    """Make the sizes of a picture and show them in the rows with its file; False where no row has it any more.

    May run twice at once for one picture: the names of the files follow from its name. Raises OSError,
    ValueError or SuspiciousOperation where the file is not there, or no picture.
    """
    try:
        made = make_sizes(read(name))
    except UnreadablePicture:
        # What cannot be read today cannot be read by the next sweep.
        show_sizes(name=name, text=NONE_MADE)
        raise
    store_sizes(name, made)
    is_shown = show_sizes(name=name, text=made.text, width=made.width, height=made.height)
    if not is_shown:
        # It was deleted meanwhile, and perhaps before these files were there.
        remove_unused_file(name=name)
    return is_shown


def store_sizes(name: str, made: MadeSizes) -> None:
    for (label, extension), content in made.files.items():
        target = file_name(name, label, extension)
        if content is None:
            default_storage.delete(target)
        elif not is_stored(target, content):
            # A part that was left by a process that was killed, or what older settings made.
            default_storage.delete(target)
            stored = default_storage.save(target, ContentFile(content))
            if stored != target:
                # Another task was faster.
                default_storage.delete(stored)


def is_stored(name: str, content: bytes) -> bool:
    if not default_storage.exists(name):
        return False
    with default_storage.open(name) as file:
        return file.size == len(content) and file.read() == content


@retrying_transaction
def show_sizes(
    *, name: str, text: str, width: int | None = None, height: int | None = None
) -> bool:
    """Write which sizes a picture has into the rows that show its file; False where none does."""
    images = ProductImage.objects.showing(name)
    return images.update(sizes=text, width=width, height=height) > 0


def unsized_pictures() -> Iterator[str]:
    """Yield the name of each picture's file of which nobody has tried to make sizes."""
    return pictures_of(ProductImage.objects.without_sizes())


def make_missing_sizes() -> None:
    """Make the sizes of some pictures that have none: of a lost task, or of rows that plain SQL wrote."""
    tried = 0
    for name in unsized_pictures():
        try:
            make_picture_sizes(name=name)
        # Not logged: it would come again each hour. The command says which they are.
        except UNUSABLE:
            continue
        tried += 1
        if tried == SWEPT_AT_ONCE:
            return
