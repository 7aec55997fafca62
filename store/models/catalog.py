from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Floor
from django.utils.functional import cached_property

from history.recording import RecordedModel, RecordingMixin
from storefront.indexes import BeginningIndex
from storefront.permissions import holds
from storefront.unique_keys.exact import ExactCharField

from ..compiled import Many, compiled_select
from ..loading import LoadingMixin
from ..money import DECIMAL_PLACES, HUNDREDTH, PRICE_DIGITS, minor_unit_of, with_tax
from ..ratings import NO_RATING, Rating
from ..signals import products_changing
from ..validators import validate_minor_unit
from .images import ProductImage, load_images
from .promotions import Promotion, running_promotions
from .searching import SearchingMixin
from .versions import Versioned, VersionedQuerySet

MIN_UNIT_PRICE = Decimal(1)
# What anybody may enter. The column holds far more, so that pieces of whatever orders can come back.
MAX_INVENTORY = 1_000_000_000
# Characters. A list shows 100 of them at most.
MAX_DESCRIPTION = 20_000


class CollectionQuerySet(RecordingMixin, VersionedQuerySet["Collection"]):
    def with_products_count(
        self, products: "ProductQuerySet | None" = None
    ) -> "CollectionQuerySet":
        """Annotate each collection with the number of its products, of these or of all."""
        counted: QuerySet[Any, Any] = Product.objects.all() if products is None else products
        counted = counted.filter(collection=OuterRef("pk")).order_by()
        # Not a join: grouped rows lose the order of the model, and all products would be read.
        counted = counted.values("collection").annotate(total=Count("pk")).values("total")
        return self.annotate(products_count=Coalesce(Subquery(counted), 0))


class Collection(RecordedModel, Versioned):
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


class ProductQuerySet(SearchingMixin, LoadingMixin, RecordingMixin, VersionedQuerySet["Product"]):
    def published(self) -> "ProductQuerySet":
        return self.filter(is_published=True)

    def visible_to(self, user: Any) -> "ProductQuerySet":
        """Keep what somebody may see: staff with `view_product` all products, others the published ones."""
        return self.all() if holds(user, "store.view_product") else self.published()

    @cached_property
    def price_span(self) -> dict[str, Any]:
        """The smallest and the largest list price, None without products; asked once of a queryset."""
        return self.order_by().aggregate(min=Min("unit_price"), max=Max("unit_price"))

    def in_stock(self) -> "ProductQuerySet":
        return self.filter(inventory__gt=0)

    def sold_out(self) -> "ProductQuerySet":
        return self.filter(inventory=0)

    def featured(self, is_featured: bool = True) -> "ProductQuerySet":
        """Keep the products that a collection features, or those that none does."""
        chosen = Collection.objects.order_by().exclude(featured_product=None)
        by_a_collection = Q(pk__in=chosen.values("featured_product"))
        return self.filter(by_a_collection if is_featured else ~by_a_collection)

    def low_on_stock(self, below: int | None = None) -> "ProductQuerySet":
        """Keep the products with fewer pieces than this, or than the threshold of each (None)."""
        if below is not None:
            return self.filter(inventory__lt=below)
        usual = Q(low_stock_threshold=None, inventory__lt=settings.STORE_LOW_STOCK)
        return self.filter(usual | Q(inventory__lt=F("low_stock_threshold")))

    def well_stocked(self) -> "ProductQuerySet":
        """Keep those whose stock can still become low."""
        usual = Q(low_stock_threshold=None, inventory__gte=settings.STORE_LOW_STOCK)
        return self.filter(usual | Q(inventory__gte=F("low_stock_threshold")))

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

    def with_ratings(self) -> "ProductQuerySet":
        """Load along what the reviews of each come to."""
        return self.loading(load_ratings)

    def with_collections(self, counted: "ProductQuerySet") -> "ProductQuerySet":
        """Load along the collections, each with the number of its products of those counted."""
        return self.loading(partial(load_collections, counted=counted))

    def with_images(self) -> "ProductQuerySet":
        """Load along the images."""
        return self.loading(load_images)


class Product(RecordedModel, Versioned):
    assortment_fields = frozenset({"collection", "is_published"})
    # A cached response compares the stock of its products, so that orders need not invalidate it.
    unversioned_fields = frozenset({"inventory"})
    changing = products_changing

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
    low_stock_threshold = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(MAX_INVENTORY)],
        help_text="Pieces below which the stock is low; empty: the shop's own number.",
    )
    is_published = models.BooleanField(
        "published",
        default=True,
        db_default=True,
        help_text="Staff alone see one that is not, and nobody can order it.",
    )
    last_update = models.DateTimeField(auto_now=True)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="products")
    promotions = models.ManyToManyField(Promotion, blank=True, related_name="products")

    objects = ProductQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["title", "id"]
        # Each ends in what every list filters by, which is then read from the index alone.
        indexes = [
            models.Index(fields=["title", "id", "is_published"], name="product_title"),
            models.Index(fields=["unit_price", "id", "is_published"], name="product_unit_price"),
            models.Index(fields=["last_update", "id", "is_published"], name="product_last_update"),
            models.Index(fields=["inventory", "id", "is_published"], name="product_inventory"),
            models.Index(
                fields=["collection", "title", "id", "is_published"],
                name="product_collection_title",
            ),
            BeginningIndex(fields=["sku"], name="product_sku_beginning"),
            # What facets count, without the rows.
            models.Index(
                fields=["collection", "unit_price", "inventory", "is_published"],
                name="product_facets",
            ),
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

    @property
    def currency(self) -> str:
        """What its prices are in, by its code of ISO 4217."""
        code: str = settings.STORE_CURRENCY
        return code

    @property
    def low_threshold(self) -> int:
        """The number of pieces below which its stock is low."""
        threshold = self.low_stock_threshold
        return settings.STORE_LOW_STOCK if threshold is None else threshold

    @property
    def is_low_on_stock(self) -> bool:
        """Tell what `low_on_stock()` does, of a product that is loaded."""
        return self.inventory < self.low_threshold

    @property
    def sellable(self) -> int:
        """Pieces that an order may take: none of a product that is not published."""
        return self.inventory if self.is_published else 0

    @cached_property
    def running_promotions(self) -> list[Promotion]:
        """The promotions for the one whom the product was `priced_for`, else for a visitor; best first."""
        return running_promotions([self.pk], None)[self.pk]

    @cached_property
    def rating(self) -> Rating:
        """What its reviews come to; a product that was loaded `with_ratings()` has it without a query."""
        return ratings([self]).get(self.pk, NO_RATING)

    @property
    def rating_average(self) -> Decimal | None:
        return self.rating.average

    @property
    def rating_count(self) -> int:
        return self.rating.number

    @cached_property
    def shown_images(self) -> list[ProductImage]:
        """The images; a product that was loaded `with_images()` has them without a query."""
        return [*self.images.all()] if self.pk else []

    @property
    def promotion(self) -> Promotion | None:
        """The best promotion for the one whom the product was `priced_for`."""
        return next(iter(self.running_promotions), None)

    @property
    def price(self) -> Decimal:
        """What a piece costs the one whom the product was `priced_for`, before tax."""
        return self.promotion.applied_to(self.unit_price) if self.promotion else self.unit_price

    @property
    def final_price(self) -> Decimal:
        """What a piece costs the one whom the product was `priced_for`, with tax."""
        return with_tax(self.price)


def load_promotions(products: Sequence[Product], membership: str | None) -> None:
    """Load into products the promotions that run now for a membership, or for a visitor (None)."""
    running = running_promotions([product.pk for product in products], membership)
    for product in products:
        product.__dict__["running_promotions"] = running[product.pk]


def load_collections(products: Sequence[Product], counted: ProductQuerySet) -> None:
    """Load into products their collections, each with the number of its products of those counted."""
    keys = {product.collection_id for product in products}
    found = Collection.objects.with_products_count(counted).in_bulk(keys)
    for product in products:
        product.collection = found[product.collection_id]


def load_ratings(products: Sequence[Product]) -> None:
    """Load into products what their reviews come to."""
    found = ratings(products)
    for product in products:
        product.__dict__["rating"] = found.get(product.pk, NO_RATING)


def ratings(products: Sequence[Product]) -> dict[int, Rating]:
    """Return by its key what the reviews of each product that was rated come to."""
    rows = ratings_of.rows(product_ids=[product.pk for product in products])
    return {key: Rating(total=total, number=number) for key, total, number in rows}


@compiled_select(product_ids=Many(models.BigIntegerField()))
def ratings_of(product_ids: Any) -> models.QuerySet[Any, Any]:
    rated = Product.objects.filter(
        pk__in=product_ids, reviews__is_approved=True, reviews__rating__isnull=False
    )
    figures = (Sum("reviews__rating"), Count("reviews__rating"))
    return rated.order_by().values("pk").values_list("pk", *figures)
