from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial, reduce
from operator import or_
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Floor
from django.utils.functional import cached_property

from storefront.unique_keys.exact import ExactCharField

from ..compiled import Many, compiled_select
from ..fields import PictureField
from ..fulltext import matching
from ..loading import LoadingMixin
from ..money import DECIMAL_PLACES, HUNDREDTH, PRICE_DIGITS, minor_unit_of, with_tax
from ..validators import validate_file_size, validate_image_format, validate_minor_unit
from .promotions import Promotion, running_promotions
from .versions import Versioned, VersionedQuerySet

MIN_UNIT_PRICE = Decimal(1)
# What anybody may enter. The column holds far more, so that pieces of whatever orders can come back.
MAX_INVENTORY = 1_000_000_000
LOW_INVENTORY = 10
# Characters. A list shows 100 of them at most.
MAX_DESCRIPTION = 20_000
# What a search looks into, beside the title of the collection.
SEARCHED_TEXTS = ("title", "sku", "description")


class CollectionQuerySet(VersionedQuerySet["Collection"]):
    def with_products_count(self) -> "CollectionQuerySet":
        """Annotate each collection with the number of its products."""
        products = Product.objects.filter(collection=OuterRef("pk")).order_by()
        # Not a join: grouped rows lose the order of the model, and all products would be read.
        counted = products.values("collection").annotate(total=Count("pk")).values("total")
        return self.annotate(products_count=Coalesce(Subquery(counted), 0))


class Collection(Versioned):
    title = models.CharField(max_length=255)
    featured_product = models.ForeignKey(
        "Product", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CollectionQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["title", "id"]
        indexes = [models.Index(fields=["title", "id"], name="collection_title")]

    def __str__(self) -> str:
        return self.title


class ProductQuerySet(LoadingMixin, VersionedQuerySet["Product"]):
    def in_stock(self) -> "ProductQuerySet":
        return self.filter(inventory__gt=0)

    def sold_out(self) -> "ProductQuerySet":
        return self.filter(inventory=0)

    def low_on_stock(self, below: int = LOW_INVENTORY) -> "ProductQuerySet":
        return self.filter(inventory__lt=below)

    def matching(self, words: Sequence[str]) -> "ProductQuerySet":
        """Keep the products of which a word starts with each of these; annotate their rank."""
        return matching(self, words)

    def containing(self, terms: Iterable[str]) -> "ProductQuerySet":
        """Keep the products with each term in one of their texts or in their collection's title."""
        found = self
        for term in dict.fromkeys(terms):
            # MariaDB's collations take one emoji for another; a sign has no case to ignore.
            lookup = "icontains" if any(map(str.isalnum, term)) else "contains"
            texts = (Q(**{f"{name}__{lookup}": term}) for name in SEARCHED_TEXTS)
            # Not a join, which MariaDB may begin with the collections, out of the order of the list.
            titled = Collection.objects.filter(**{f"title__{lookup}": term})
            named = Q(collection__in=titled.order_by().values("pk"))
            found = found.filter(reduce(or_, (*texts, named)))
        return found

    def with_too_many_decimals(self) -> "ProductQuerySet":
        """Keep the products whose price is no multiple of the currency's minor unit."""
        if minor_unit_of(settings.STORE_CURRENCY) == HUNDREDTH:
            return self.none()
        return self.exclude(unit_price=Floor("unit_price"))

    def locked(self) -> "ProductQuerySet":
        """Lock the rows until the transaction ends, in key order, so that no two lockers deadlock."""
        return self.select_for_update().order_by("pk")

    def priced_for(self, membership: str | None) -> "ProductQuerySet":
        """Load along the promotions that run now for a membership, or for a visitor (None)."""
        return self.loading(partial(load_promotions, membership=membership))

    def with_images(self) -> "ProductQuerySet":
        """Load along the images."""
        return self.loading(load_images)


class Product(Versioned):
    assortment_fields = frozenset({"collection"})
    # A cached response compares the stock of its products, so that orders need not invalidate it.
    unversioned_fields = frozenset({"inventory"})

    title = models.CharField(max_length=255)
    slug = models.SlugField(max_length=255)
    sku = ExactCharField("SKU", max_length=64, null=True, blank=True, unique=True)
    description = models.TextField(
        null=True, blank=True, validators=[MaxLengthValidator(MAX_DESCRIPTION)]
    )
    unit_price = models.DecimalField(
        max_digits=PRICE_DIGITS,
        decimal_places=DECIMAL_PLACES,
        validators=[MinValueValidator(MIN_UNIT_PRICE), validate_minor_unit],
    )
    inventory = models.BigIntegerField(
        validators=[MinValueValidator(0), MaxValueValidator(MAX_INVENTORY)]
    )
    last_update = models.DateTimeField(auto_now=True)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="products")
    promotions = models.ManyToManyField(Promotion, blank=True, related_name="products")

    objects = ProductQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["title", "id"]
        indexes = [
            models.Index(fields=["title", "id"], name="product_title"),
            models.Index(fields=["unit_price", "id"], name="product_unit_price"),
            models.Index(fields=["last_update", "id"], name="product_last_update"),
            models.Index(fields=["inventory", "id"], name="product_inventory"),
            models.Index(fields=["collection", "title", "id"], name="product_collection_title"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit_price__gte=MIN_UNIT_PRICE), name="product_unit_price_at_least_1"
            ),
            models.CheckConstraint(
                condition=Q(inventory__gte=0), name="product_inventory_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price_with_tax(self) -> Decimal:
        return with_tax(self.unit_price)

    @cached_property
    def running_promotions(self) -> list[Promotion]:
        """The promotions for the one whom the product was `priced_for`, else for a visitor; best first."""
        return running_promotions([self.pk], None)[self.pk]

    @cached_property
    def shown_images(self) -> "list[ProductImage]":
        """The images; a product that was loaded `with_images()` has them without a query."""
        return [*self.images.all()]

    @property
    def promotion(self) -> Promotion | None:
        """The best promotion for the one whom the product was `priced_for`."""
        return next(iter(self.running_promotions), None)

    @property
    def price(self) -> Decimal:
        """What a piece costs the one whom the product was `priced_for`, before tax."""
        return self.promotion.applied_to(self.unit_price) if self.promotion else self.unit_price


def image_path(image: "ProductImage", name: str) -> str:
    """Return a name that nobody can guess or clash with, and that tells what the content is."""
    return f"store/images/{uuid4().hex}{PurePosixPath(name).suffix}"


class ProductImageQuerySet(VersionedQuerySet["ProductImage"]):
    def showing(self, name: str) -> "ProductImageQuerySet":
        """Keep the pictures whose file has this name."""
        # MariaDB takes small and capital letters for the same, but not at the start of a text.
        return self.filter(image=name, image__startswith=name)


class ProductImage(Versioned):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    image = PictureField(
        upload_to=image_path,
        # A file may serve many rows; the last one to go takes it along.
        db_index=True,
        validators=[validate_file_size, validate_image_format],
    )

    objects = ProductImageQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.image.name


def load_promotions(products: Sequence[Product], membership: str | None) -> None:
    """Load into products the promotions that run now for a membership, or for a visitor (None)."""
    running = running_promotions([product.pk for product in products], membership)
    for product in products:
        product.__dict__["running_promotions"] = running[product.pk]


def load_images(products: Sequence[Product]) -> None:
    images: dict[int, list[ProductImage]] = {product.pk: [] for product in products}
    for image in images_of.instances(product_ids=[*images]):
        images[image.product_id].append(image)
    for product in products:
        product.__dict__["shown_images"] = images[product.pk]


@compiled_select(product_ids=Many(models.BigIntegerField()))
def images_of(product_ids: Any) -> models.QuerySet:
    return ProductImage.objects.filter(product__in=product_ids)
