from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import F, Q
from django.utils import timezone

from history.recording import RecordedModel, RecordingMixin
from storefront.supplied import supplied

from ..compiled import Many, compiled_select
from ..money import round_to_minor_unit
from .customers import Customer
from .versions import Versioned, VersionedQuerySet

# Every set of memberships, in the order of their choices.
MEMBERSHIP_SETS = ["", "B", "S", "G", "BS", "BG", "SG", "BSG"]


# From promotions and the ids of products to those promotions that reach one of them, once for each.
Source = Callable[["PromotionQuerySet", Any], "PromotionQuerySet"]


class PromotionQuerySet(RecordingMixin, VersionedQuerySet["Promotion"]):
    def running(
        self, membership: str | None, *, at: datetime | models.Expression | None = None
    ) -> "PromotionQuerySet":
        """Keep those that price something now for a membership, or for a visitor (None); best first."""
        now = timezone.now() if at is None else at
        whom = Q(memberships="")
        if membership:
            whom |= Q(memberships__contains=membership)
        return self.filter(
            whom,
            # One without dates is a label that staff have not scheduled.
            Q(starts_at__isnull=False) | Q(ends_at__isnull=False),
            Q(starts_at=None) | Q(starts_at__lte=now),
            Q(ends_at=None) | Q(ends_at__gt=now),
        ).order_by("-discount", "id")

    def next_change(self, *, after: datetime) -> datetime | None:
        """Return the next moment at which one begins or ends; None where no date lies ahead."""
        # Each from its index; together they would be looked for in every row.
        moments = [
            self.filter(**{f"{name}__gt": after}).order_by(name, "id").values_list(name, flat=True)
            for name in ("starts_at", "ends_at")
        ]
        return min((first for each in moments for first in each[:1]), default=None)


class Promotion(RecordedModel, Versioned):
    description = models.CharField(max_length=255)
    discount = models.FloatField(
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Fraction of the price: 0.2 takes 20 % off.",
    )
    starts_at = models.DateTimeField(
        null=True, blank=True, help_text="Without any date it never prices anything."
    )
    ends_at = models.DateTimeField(
        null=True, blank=True, help_text="From this moment on the list price holds again."
    )
    collections: Any = models.ManyToManyField(
        "Collection",
        blank=True,
        related_name="promotions",
        help_text="All of their products have it, those that come later too.",
    )
    # Their letters; none: everybody, visitors too.
    memberships = models.CharField(max_length=3, blank=True, default="", db_default="")

    objects = PromotionQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["description", "id"]
        indexes = [
            models.Index(fields=["description", "id"], name="promotion_description"),
            models.Index(fields=["discount", "id"], name="promotion_discount"),
            models.Index(fields=["starts_at", "id"], name="promotion_starts_at"),
            models.Index(fields=["ends_at", "id"], name="promotion_ends_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(discount__gte=0, discount__lte=1), name="promotion_discount_is_fraction"
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="promotion_ends_after_it_starts",
                violation_error_message="A promotion ends after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(memberships__in=MEMBERSHIP_SETS), name="promotion_memberships_known"
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def membership_names(self) -> list[str]:
        """The memberships it is for; none: everybody."""
        return [name for value, name in Customer.MEMBERSHIP_CHOICES if value in self.memberships]

    @property
    def state(self) -> str:
        """Say whether it prices anything now, as `running()` decides it."""
        now = timezone.now()
        if self.starts_at is None and self.ends_at is None:
            return "Not scheduled"
        if self.ends_at is not None and self.ends_at <= now:
            return "Ended"
        return "Scheduled" if self.starts_at is not None and self.starts_at > now else "Running"

    def applied_to(self, price: Decimal) -> Decimal:
        """Return a price less the discount, rounded to the minor unit."""
        # By its shortest notation: 0.15 as a binary fraction is a little less than 0.15.
        return round_to_minor_unit(price * (1 - Decimal(str(self.discount))))


def running_promotions(
    product_ids: Iterable[int], membership: str | None
) -> dict[int, list[Promotion]]:
    """Return by product the promotions that price it now for a membership, or for a visitor (None); best first."""
    found: dict[int, list[Promotion]] = {key: [] for key in product_ids}
    promotions: dict[int, Promotion] = {}
    rows = promotions_of.rows(product_ids=[*found], now=timezone.now(), membership=membership)
    for product_id, *row in rows:
        if row[0] not in promotions:
            promotions[row[0]] = Promotion.from_db(DEFAULT_DB_ALIAS, COLUMNS, row)
        found[product_id].append(promotions[row[0]])
    for running in found.values():
        running.sort(key=lambda promotion: (-promotion.discount, promotion.pk))
    return found


# In the order of the model, as from_db() takes them.
COLUMNS = tuple(field.attname for field in Promotion._meta.concrete_fields)


@compiled_select(product_ids=Many(models.BigIntegerField()), now=models.DateTimeField())
def promotions_of(product_ids: Any, now: Any, membership: str | None) -> models.QuerySet:
    running = Promotion.objects.running(membership, at=now).order_by()
    first, *others = (
        source(running, product_ids).values_list("reached", *COLUMNS) for source in sources()
    )
    # Each pair once, by whatever ways the promotion reaches the product.
    return first.union(*others)


def reaching(path: str) -> Source:
    """Return what keeps the promotions that reach products by a path; each is annotated with which it has `reached`."""
    return lambda promotions, product_ids: promotions.filter(
        **{f"{path}__in": product_ids}
    ).annotate(reached=F(path))


def sources() -> list[Source]:
    """Return the ways by which promotions reach products, those that other apps supply included."""
    own = [reaching("products"), reaching("collections__products")]
    return [*own, *supplied(settings.STORE_PROMOTION_SOURCES)]
