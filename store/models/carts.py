from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Prefetch, Q
from django.db.models.functions import Now
from django.utils import timezone

from storefront.models import PartialUpdateModel

from ..loading import LoadingMixin
from ..money import summed, tax_on
from .catalog import Product, load_promotions
from .images import load_images
from .promotions import Promotion

# Of one product in one cart: what the column holds on every database.
MAX_QUANTITY = 32767


class CartQuerySet(models.QuerySet["Cart"]):
    def visible_to(self, user_id: Any) -> "CartQuerySet":
        """Keep what a user, or a visitor (None), may see: guests' carts and the user's own."""
        return self.filter(Q(user=None) | Q(user=user_id)) if user_id else self.filter(user=None)

    def with_items(self, membership: str | None) -> "CartQuerySet":
        """Load the items along with their products, priced for a membership, in three more queries."""
        items = CartItem.objects.priced_for(membership)
        return self.prefetch_related(Prefetch("items", queryset=items))


class Cart(PartialUpdateModel):
    id = models.UUIDField(primary_key=True, default=uuid4)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    # When its items were last changed, to the day: what nobody has touched for long is purged.
    touched_at = models.DateTimeField(default=timezone.now, db_default=Now(), db_index=True)
    # Who claimed it and alone can use it; none: whoever knows its id.
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="cart",
    )

    objects = CartQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return str(self.id)

    def is_visible_to(self, user_id: Any) -> bool:
        """Tell what `visible_to()` does, of a cart that is loaded."""
        return self.user_id is None or self.user_id == user_id

    @property
    def total_price(self) -> Decimal:
        """The sum of the items before tax; load the cart `with_items()` first."""
        return summed(item.total_price for item in self.items.all())

    @property
    def tax(self) -> Decimal:
        return summed(item.tax for item in self.items.all())

    @property
    def total(self) -> Decimal:
        """What the order of this cart would come to, with tax."""
        return self.total_price + self.tax


class CartItemQuerySet(LoadingMixin, models.QuerySet["CartItem"]):
    def priced_for(self, membership: str | None) -> "CartItemQuerySet":
        """Load the products along, priced for a membership and with images, in two more queries."""
        return self.select_related("product").loading(partial(load_products, membership=membership))


def load_products(items: Sequence["CartItem"], membership: str | None) -> None:
    products = [item.product for item in items]
    load_promotions(products, membership)
    load_images(products)


class CartItem(PartialUpdateModel):
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="cartitems")
    quantity = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MAX_QUANTITY)]
    )

    objects = CartItemQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "product"], name="cartitem_once_per_product"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cartitem_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product}"

    @property
    def price(self) -> Decimal:
        return self.product.price

    @property
    def promotion(self) -> Promotion | None:
        return self.product.promotion

    @property
    def total_price(self) -> Decimal:
        return self.quantity * self.price

    @property
    def tax(self) -> Decimal:
        """Tax on all its pieces, each rounded, as `price_with_tax` of a product is."""
        return self.quantity * tax_on(self.price)

    @property
    def available(self) -> int:
        """Pieces that an order may take."""
        return self.product.sellable

    @property
    def insufficient_stock(self) -> bool:
        """Tell whether an order would be refused for this item now."""
        return self.quantity > self.available
