from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Avg, Q, QuerySet

from storefront.models import PartialUpdateModel

from .catalog import Product

MIN_RATING, MAX_RATING = 1, 5


class ReviewQuerySet(models.QuerySet["Review"]):
    def products_rated_at_least(self, rating: Decimal) -> QuerySet:
        """Return the ids of the products whose ratings average at least this (1 to 5)."""
        rated = self.filter(rating__isnull=False).order_by().values("product_id")
        return (
            rated.annotate(average=Avg("rating")).filter(average__gte=rating).values("product_id")
        )


class Review(PartialUpdateModel):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reviews",
    )
    name = models.CharField(max_length=255)
    description = models.TextField()
    rating = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(MIN_RATING), MaxValueValidator(MAX_RATING)],
    )
    date = models.DateField(auto_now_add=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-id"]
        indexes = [
            models.Index(fields=["product", "-date", "-id"], name="review_product_date"),
            models.Index(fields=["-date", "-id"], name="review_date"),
            models.Index(fields=["product", "rating"], name="review_product_rating"),
            models.Index(fields=["rating", "id"], name="review_rating"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True)
                | Q(rating__gte=MIN_RATING, rating__lte=MAX_RATING),
                name="review_rating_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.date}"
