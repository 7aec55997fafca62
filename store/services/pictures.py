from collections.abc import Iterable, Iterator
from functools import partial

from cachetools import LRUCache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from ..models import ProductImage
from ..models.images import ProductImageQuerySet
from ..pictures.errors import UnreadablePicture
from ..pictures.metadata import strip_metadata
from ..pictures.sizes import file_names
from ..signals import picture_stored
from .transactions import retrying_transaction

BATCH = 500
CACHED_NAMES = 10_000
# A file that was stored by other means than the shop's may have any size.
MAX_STORED_BYTES = 64 * 1024 * 1024


def stored_pictures() -> Iterator[str]:
    """Yield the name of each picture's file once, though many rows may show it."""
    return pictures_of(ProductImage.objects.all())


def pictures_of(images: ProductImageQuerySet) -> Iterator[str]:
    """Yield the name of each file that these rows show once, in batches, so that rows may change meanwhile."""
    last = 0
    # Bounded: where a name is forgotten, its file is only read once more.
    seen: LRUCache[str, bool] = LRUCache(CACHED_NAMES)
    rows = images.order_by("pk").values_list("pk", "image")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        for last, name in batch:
            if name and name not in seen:
                yield name
                # Whoever took it may have given it another name.
                seen.update(dict.fromkeys([name, *current_name(last)], True))


def current_name(pk: int) -> Iterable[str]:
    return ProductImage.objects.filter(pk=pk).values_list("image", flat=True)


def strip_stored_picture(*, name: str) -> bool:
    """Store a picture without its metadata, under another name; tell whether it had any.

    Raises OSError or ValueError where the file is not there or no picture. Where somebody else has
    changed the rows meanwhile, theirs holds.
    """
    content = read(name)
    picture = strip_metadata(content)
    if picture.content == content:
        return False
    field = ProductImage._meta.get_field("image")
    # Another name: browsers and caches store what the old one showed.
    new_name = field.generate_filename(ProductImage(), picture.name)
    new_name = default_storage.save(new_name, ContentFile(picture.content))
    shown = replace_name(name=name, new_name=new_name)
    # Not where that fails: rows may show the new file, and one too many harms nobody.
    remove_unused_file(name=name if shown else new_name)
    return shown


def read(name: str) -> bytes:
    with default_storage.open(name) as file:
        if file.size > MAX_STORED_BYTES:
            raise UnreadablePicture("It is larger than any picture.")
        content: bytes = file.read()
        return content


@retrying_transaction
def replace_name(*, name: str, new_name: str) -> bool:
    """Replace the name of a file in the rows that show it; return False where no row does any more."""
    # The sizes are named after the file.
    is_shown = ProductImage.objects.showing(name).update(image=new_name, sizes=None) > 0
    if is_shown:
        # Whoever calls this removes the file that was replaced.
        stored = partial(
            picture_stored.send_robust, sender=ProductImage, name=new_name, replaced=""
        )
        transaction.on_commit(stored)
    return is_shown


def remove_unused_file(*, name: str, robust: bool = False) -> None:
    """Remove the file of a picture, and of its sizes, once this is committed, unless a row shows it then."""

    def remove() -> None:
        if not ProductImage.objects.showing(name).exists():
            for each in (name, *file_names(name)):
                default_storage.delete(each)

    if name:
        transaction.on_commit(remove, robust=robust)
