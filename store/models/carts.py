from decimal import Decimal
from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Prefetch, Q
from django.db.models.functions import Now
from django.utils import timezone

from .catalog import Product

# Of one product in one cart: what the column holds on every database.
MAX_QUANTITY = 32767


class CartQuerySet(models.QuerySet["Cart"]):
    def with_items(self) -> "CartQuerySet":
        """Load the items and their products along, in one more query."""
        return self.prefetch_related(
            Prefetch("items", queryset=CartItem.objects.select_related("product"))
        )


class Cart(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    # When its items were last changed, to the day: what nobody has touched for long is purged.
    touched_at = models.DateTimeField(default=timezone.now, db_default=Now(), db_index=True)

    objects = CartQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def total_price(self) -> Decimal:
        """The sum of the items before tax; load the cart `with_items()` first."""
        return sum((item.total_price for item in self.items.all()), Decimal(0))


class CartItem(models.Model):
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="cartitems")
    quantity = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MAX_QUANTITY)]
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "product"], name="cartitem_once_per_product"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cartitem_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product}"

    @property
    def total_price(self) -> Decimal:
        return self.quantity * self.product.unit_price
