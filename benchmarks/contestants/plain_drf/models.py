"""The shop's tables, which are not this project's to change."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.db.models import Count, Prefetch, Q, Sum
from django.utils import timezone

CENT = Decimal("0.01")
TENTH = Decimal("0.1")
TAX_RATE = Decimal("0.10")


class Promotion(models.Model):
    description = models.CharField(max_length=255)
    discount = models.FloatField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    memberships = models.CharField(max_length=3)

    objects: models.Manager["Promotion"] = models.Manager()

    class Meta:
        managed = False
        db_table = "store_promotion"

    def __str__(self) -> str:
        return self.description


def running_promotions() -> Prefetch:
    """Return what loads along the promotions that price something now for a visitor."""
    now = timezone.now()
    running = Promotion.objects.filter(
        Q(starts_at__isnull=False) | Q(ends_at__isnull=False),
        Q(starts_at=None) | Q(starts_at__lte=now),
        Q(ends_at=None) | Q(ends_at__gt=now),
        memberships="",
    )
    return Prefetch("promotions", running.order_by("-discount", "id"))


class Product(models.Model):
    title = models.CharField(max_length=255)
    slug = models.SlugField(max_length=255)
    sku = models.CharField(max_length=64, null=True, unique=True)
    description = models.TextField(null=True)
    unit_price = models.DecimalField(max_digits=10, decimal_places=2)
    inventory = models.IntegerField()
    collection = models.IntegerField(db_column="collection_id")
    promotions = models.ManyToManyField(Promotion, db_table="store_product_promotions")
    last_update = models.DateTimeField()
    currency = "USD"
    # Of the query set below.
    rating_total: int | None
    rating_count: int
    tagged: "models.Manager[TaggedItem]"

    objects: models.Manager["Product"] = models.Manager()

    class Meta:
        managed = False
        db_table = "store_product"
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def promotion(self) -> Promotion | None:
        return next(iter(self.promotions.all()), None)

    @property
    def price(self) -> Decimal:
        if self.promotion is None:
            return self.unit_price
        price = self.unit_price * (1 - Decimal(str(self.promotion.discount)))
        return price.quantize(CENT, rounding=ROUND_HALF_UP)

    @property
    def price_with_tax(self) -> Decimal:
        return with_tax(self.unit_price)

    @property
    def final_price(self) -> Decimal:
        return with_tax(self.price)

    @property
    def rating_average(self) -> Decimal | None:
        if not self.rating_count:
            return None
        average = Decimal(self.rating_total or 0) / self.rating_count
        return average.quantize(TENTH, rounding=ROUND_HALF_UP)

    @property
    def tags(self) -> list[str]:
        return [item.tag.label for item in self.tagged.all()]


def with_tax(price: Decimal) -> Decimal:
    return (price * (1 + TAX_RATE)).quantize(CENT, rounding=ROUND_HALF_UP)


def with_ratings(products: models.QuerySet[Product]) -> models.QuerySet[Product]:
    approved = Q(reviews__is_approved=True)
    return products.annotate(
        rating_total=Sum("reviews__rating", filter=approved),
        rating_count=Count("reviews__rating", filter=approved),
    )


class Review(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    rating = models.PositiveSmallIntegerField(null=True)
    is_approved = models.BooleanField()

    objects: models.Manager["Review"] = models.Manager()

    class Meta:
        managed = False
        db_table = "store_review"

    def __str__(self) -> str:
        return f"{self.rating}"


class Tag(models.Model):
    label = models.CharField(max_length=255)

    class Meta:
        managed = False
        db_table = "tags_tag"

    def __str__(self) -> str:
        return self.label


class TaggedItem(models.Model):
    """A tag of a product, whose key stands beside the kind of what is tagged."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)
    content_type = models.ForeignKey("contenttypes.ContentType", on_delete=models.CASCADE)
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, db_column="object_id", related_name="tagged"
    )

    objects: models.Manager["TaggedItem"] = models.Manager()

    class Meta:
        managed = False
        db_table = "tags_taggeditem"

    def __str__(self) -> str:
        return str(self.tag)


def tags_in_order() -> Prefetch:
    """Return what loads along the tags of products."""
    of_products = {"content_type__app_label": "store", "content_type__model": "product"}
    items = TaggedItem.objects.filter(**of_products).select_related("tag")
    return Prefetch("tagged", items.order_by("tag__label", "tag"))


class ProductImage(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    image = models.ImageField()
    alt = models.CharField(max_length=255)
    position = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    sizes = models.CharField(max_length=64, null=True)

    class Meta:
        managed = False
        db_table = "store_productimage"
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.image.name
