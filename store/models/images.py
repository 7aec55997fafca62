from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

from django.core.validators import MaxValueValidator
from django.db import models, router, transaction
from django.db.models import Max
from django.db.models.expressions import DatabaseDefault

from ..compiled import Many, compiled_select
from ..fields import PictureField
from ..pictures.sizes import MAX_SIZES_TEXT, file_name, parsed_sizes
from ..signals import picture_stored
from ..validators import validate_file_size, validate_image_format
from .versions import Versioned, VersionedQuerySet

MAX_POSITION = 1_000_000
# Characters; what screen readers read out in one go.
MAX_ALT = 255


def image_path(image: "ProductImage", name: str) -> str:
    """Return a name that nobody can guess or clash with, and that tells what the content is."""
    return f"store/images/{uuid4().hex}{PurePosixPath(name).suffix}"


class ProductImageQuerySet(VersionedQuerySet["ProductImage"]):
    def showing(self, name: str) -> "ProductImageQuerySet":
        """Keep the pictures whose file has this name."""
        # MariaDB takes small and capital letters for the same, but not at the start of a text.
        return self.filter(image=name, image__startswith=name)

    def without_sizes(self) -> "ProductImageQuerySet":
        """Keep the pictures whose sizes nobody has tried to make."""
        return self.filter(sizes=None).exclude(image="")

    def end_position(self, product_id: int) -> int:
        """Return the position behind the last picture of a product."""
        last: int | None = self.filter(product=product_id).aggregate(last=Max("position"))["last"]
        return 0 if last is None else min(last + 1, MAX_POSITION)


class ColumnOfPicture:
    """A column that says something of the file, so that a save which writes the file writes it too."""

    derived_from = ("image",)


class LengthField(ColumnOfPicture, models.PositiveIntegerField):
    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveIntegerField", args, kwargs


class SizesField(ColumnOfPicture, models.CharField):
    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class ProductImage(Versioned):
    product = models.ForeignKey("store.Product", on_delete=models.CASCADE, related_name="images")
    # Before the columns that say something of it: to store a file fills them in.
    image = PictureField(
        upload_to=image_path,
        # A file may serve many rows; the last one to go takes it along.
        db_index=True,
        validators=[validate_file_size, validate_image_format],
    )
    alt = models.CharField(
        "alternative text",
        max_length=MAX_ALT,
        blank=True,
        default="",
        db_default="",
        help_text="What the picture shows, for those who do not see it.",
    )
    # A new one goes last. Without a default: 0 would be the place of the first.
    position = models.PositiveIntegerField(
        blank=True,
        db_default=0,
        validators=[MaxValueValidator(MAX_POSITION)],
        help_text="The pictures of a product are shown in this order; without one, it goes last.",
    )
    # In pixels, as it is shown: upright. Null where nobody has looked.
    width = LengthField(null=True, editable=False)
    height = LengthField(null=True, editable=False)
    # What store.pictures.sizes has made of it, as text: to parse and copy JSON for each row of a list
    # takes longer than to read the row. Null: nothing yet; empty: nothing can be made.
    sizes = SizesField(max_length=MAX_SIZES_TEXT, null=True, editable=False)

    objects = ProductImageQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["product", "position", "id"], name="productimage_position")]

    def __str__(self) -> str:
        return self.image.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; a new one goes last, and what shows its file is made once that is committed."""
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        if self.position is None or isinstance(self.position, DatabaseDefault):
            images = ProductImage.objects.using(using)
            self.position = images.end_position(self.product_id)
        replaced = self.replaced_name()
        if replaced:
            self.width = self.height = self.sizes = None
        super().save(*args, **kwargs)
        if self.__dict__.pop("has_new_file", False) or replaced:
            stored = partial(
                picture_stored.send_robust,
                sender=ProductImage,
                name=self.image.name,
                replaced=replaced,
            )
            transaction.on_commit(stored, using=using)

    @property
    def thumbnail_name(self) -> str:
        """The name of the smallest file that shows it: the original's until there is a thumbnail."""
        name: str = self.image.name or ""
        sizes = parsed_sizes(self.sizes or "")
        return file_name(name, sizes[0].files, "webp") if sizes else name

    def replaced_name(self) -> str:
        """Return the name of the file that the row showed when it was read, if it has another one now."""
        read: str = self.__dict__.get("_read_values", {}).get("image") or ""
        return read if read != self.image.name else ""


def load_images(products: Sequence[Any]) -> None:
    """Load into products, of which some may be the same row, their images in one query."""
    images: dict[int, list[ProductImage]] = {product.pk: [] for product in products}
    for image in images_of.instances(product_ids=[*images]):
        images[image.product_id].append(image)
    for product in products:
        product.__dict__["shown_images"] = images[product.pk]


@compiled_select(product_ids=Many(models.BigIntegerField()))
def images_of(product_ids: Any) -> models.QuerySet:
    return ProductImage.objects.filter(product__in=product_ids)
