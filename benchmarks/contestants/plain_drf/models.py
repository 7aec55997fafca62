"""The shop's tables, which are not this project's to change."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone

CENT = Decimal("0.01")
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
        return (self.unit_price * (1 + TAX_RATE)).quantize(CENT, rounding=ROUND_HALF_UP)


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
