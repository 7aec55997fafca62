from typing import Any, cast

from django.conf import settings
from django.db import connection, models
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from storefront.models import PartialUpdateModel

from .catalog import Product, ProductQuerySet
from .orders import Order


class StockCause(models.TextChoices):
    OPENING = "opening", "Opening stock"
    ORDER = "order", "Order"
    CANCELLATION = "cancellation", "Cancellation"
    CORRECTION = "correction", "Correction"
    IMPORT = "import", "Import"


# From the lines where they are: to bring them to Python and back is a tenth of what an order costs.
INSERT_OF_ORDER = """
    INSERT INTO store_stockmovement (product_id, pieces, cause, moved_at, order_id)
    SELECT product_id, %s * SUM(quantity), %s, %s, order_id
    FROM store_orderitem WHERE order_id = %s GROUP BY product_id, order_id
"""


class StockMovementQuerySet(models.QuerySet["StockMovement"]):
    def record_order(self, order: Order, cause: str) -> None:
        """Record that the pieces of an order have left the stock, or have come back."""
        sign = -1 if cause == StockCause.ORDER else 1
        with connection.cursor() as cursor:
            moved_at = connection.ops.adapt_datetimefield_value(timezone.now())
            cursor.execute(INSERT_OF_ORDER, [sign, cause, moved_at, order.pk])


class StockMovement(PartialUpdateModel):
    """Pieces that came or went, and why; the movements of a product add up to its stock."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="stock_movements", db_index=False
    )
    # More or, below zero, less.
    pieces = models.BigIntegerField()
    cause = models.CharField(max_length=12, choices=StockCause.choices)
    moved_at = models.DateTimeField(default=timezone.now)
    # Null where it was none, and where the order was deleted.
    order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="+")
    # Of a correction or an import; null for the shop itself.
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = StockMovementQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [models.Index(fields=["product", "id"], name="stockmovement_product")]

    def __str__(self) -> str:
        return f"{self.pieces:+d}: {self.get_cause_display()}"


def with_moved_stock(products: ProductQuerySet) -> ProductQuerySet:
    """Annotate each product with the sum of its movements as `moved`."""
    movements = StockMovement.objects.order_by().filter(product=OuterRef("pk"))
    total = movements.values("product").annotate(total=Sum("pieces")).values("total")
    return products.annotate(moved=Coalesce(Subquery(total), 0))


def with_wrong_stock(products: ProductQuerySet) -> ProductQuerySet:
    """Keep the products whose movements do not add up to their stock."""
    moved: Any = with_moved_stock(products)
    return cast(ProductQuerySet, moved.exclude(moved=F("inventory")))
