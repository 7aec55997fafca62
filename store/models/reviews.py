from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Avg, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Left, Length
from django.utils.functional import cached_property

from storefront.permissions import holds

from ..loading import LoadingMixin
from .catalog import Product
from .orders import OrderItem
from .versions import Versioned, VersionedQuerySet

MIN_RATING, MAX_RATING = 1, 5
# Characters of what the shop says to a review, and of a review in a list of many.
MAX_ANSWER = 5000
EXCERPT = 140


def max_length() -> int:
    """Return how many characters a new description may have."""
    length: int = settings.STORE_REVIEW_LENGTH
    return length


class ReviewQuerySet(LoadingMixin, VersionedQuerySet["Review"]):
    def approved(self) -> "ReviewQuerySet":
        return self.filter(is_approved=True)

    def visible_to(self, user: Any) -> "ReviewQuerySet":
        """Keep what somebody may read: staff with `view_review` all, others the approved ones and their own."""
        if holds(user, "store.view_review"):
            return self.all()
        own = getattr(user, "pk", None)
        return self.filter(Q(is_approved=True) | Q(user=own)) if own else self.approved()

    def with_purchases(self) -> "ReviewQuerySet":
        """Annotate each review with whether its author bought the product."""
        bought = OrderItem.objects.bought().filter(
            product=OuterRef("product"), order__customer__user=OuterRef("user")
        )
        return self.annotate(**{"verified_purchase": Exists(bought)})

    def with_long_descriptions_deferred(self) -> "ReviewQuerySet":
        """Load the descriptions that a new review may have; one of before that is longer when it is read.

        The `deferred_length` of a row tells what it will load: a hundred of them can be hundreds of MB.
        """
        fits = {"length__lte": settings.STORE_REVIEW_LENGTH}
        return (
            self.defer("description")
            .annotate(length=Length("description"))
            .annotate(
                short_description=Case(When(**fits, then=F("description"))),
                deferred_length=Case(When(**fits, then=Value(0)), default=F("length")),
            )
            .loading(take_short_descriptions)
        )

    def with_excerpts(self) -> "ReviewQuerySet":
        """Load the beginnings of the texts in their place: a page of long reviews is hundreds of MB."""
        beginnings = {
            "excerpt": Left("description", EXCERPT + 1),
            "is_answered": Case(When(answer=None, then=False), default=True),
        }
        return self.defer("description", "answer").annotate(**beginnings)

    def products_rated_at_least(self, rating: Decimal) -> QuerySet:
        """Return the ids of the products whose ratings average at least this (1 to 5)."""
        rated = self.approved().filter(rating__isnull=False).order_by().values("product_id")
        return (
            rated.annotate(average=Avg("rating")).filter(average__gte=rating).values("product_id")
        )


def take_short_descriptions(reviews: Sequence["Review"]) -> None:
    for review in reviews:
        loaded: str | None = review.__dict__.pop("short_description")
        if loaded is not None:
            # Not as an assignment, which a save would write.
            review.__dict__["description"] = loaded


class Review(Versioned):
    # A product shows what its reviews come to.
    unversioned_fields = frozenset(
        {"user", "name", "description", "date", "answer", "answered_at", "answered_by"}
    )

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reviews",
    )
    name = models.CharField(max_length=255)
    description = models.TextField(validators=[MaxLengthValidator(max_length)])
    rating = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(MIN_RATING), MaxValueValidator(MAX_RATING)],
    )
    is_approved = models.BooleanField(
        "approved",
        default=True,
        db_default=True,
        help_text="Its author and staff alone see one that is not, and its rating does not count.",
    )
    date = models.DateField(auto_now_add=True)
    # Null: the shop has not answered.
    answer = models.TextField(
        "public answer",
        null=True,
        blank=True,
        validators=[MaxLengthValidator(MAX_ANSWER)],
        help_text="What the shop says to it, shown to everybody who sees the review. None: leave it empty.",
    )
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["-date", "-id"]
        indexes = [
            models.Index(fields=["product", "-date", "-id"], name="review_product_date"),
            models.Index(fields=["-date", "-id"], name="review_date"),
            models.Index(fields=["product", "rating", "is_approved"], name="review_product_rating"),
            models.Index(fields=["rating", "id"], name="review_rating"),
            # What waits for staff.
            models.Index(fields=["is_approved", "-date", "-id"], name="review_approved"),
            models.Index(fields=["answered_at", "-date", "-id"], name="review_answered_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True)
                | Q(rating__gte=MIN_RATING, rating__lte=MAX_RATING),
                name="review_rating_1_to_5",
            )
        ]

        permissions = [("moderate_review", "Can approve, hide and answer reviews")]

    def __str__(self) -> str:
        return f"{self.name} on {self.date}"

    @cached_property
    def verified_purchase(self) -> bool:
        """Tell whether the author has bought the product; one that was loaded `with_purchases()` knows it."""
        bought = OrderItem.objects.bought().filter(product=self.product_id)
        return self.user_id is not None and (
            bought.filter(order__customer__user=self.user_id).exists()
        )
