from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery, Sum

from .catalog import Product
from .customers import Customer

# What lines cost, before tax.
AMOUNT = Sum(
    F("quantity") * F("unit_price"),
    output_field=models.DecimalField(max_digits=14, decimal_places=2),
)
FIGURES = {
    "orders": Count("order", distinct=True),
    "pieces": Sum("quantity"),
    "total": AMOUNT,
}


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: Any) -> "OrderQuerySet":
        """Keep what the user may see: staff everything, a customer their own."""
        if user.is_staff:
            return self
        return self.filter(customer__user_id=user.pk)

    def with_items(self) -> "OrderQuerySet":
        """Load the lines and their products along, in one more query."""
        return self.prefetch_related(
            Prefetch("items", queryset=OrderItem.objects.select_related("product"))
        )

    def with_total(self) -> "OrderQuerySet":
        """Annotate each order with the sum of its lines before tax, None without lines."""
        # Per order, not joined and grouped: a page of orders adds up its own lines only.
        lines = OrderItem.objects.order_by().filter(order=OuterRef("pk")).values("order")
        return self.annotate(total=Subquery(lines.annotate(total=AMOUNT).values("total")))


class Order(models.Model):
    PAYMENT_STATUS_PENDING = "P"
    PAYMENT_STATUS_COMPLETE = "C"
    PAYMENT_STATUS_FAILED = "F"
    PAYMENT_STATUS_CHOICES = [
        (PAYMENT_STATUS_PENDING, "Pending"),
        (PAYMENT_STATUS_COMPLETE, "Complete"),
        (PAYMENT_STATUS_FAILED, "Failed"),
    ]
    # An order holds its stock, and is a sale, from when it is placed until its payment fails.
    SOLD = [PAYMENT_STATUS_PENDING, PAYMENT_STATUS_COMPLETE]

    placed_at = models.DateTimeField(auto_now_add=True)
    payment_status = models.CharField(
        max_length=1, choices=PAYMENT_STATUS_CHOICES, default=PAYMENT_STATUS_PENDING
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    # The cart it came from: a repeated request finds this order instead of making a second one.
    cart_uuid = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-id"]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="order_placed_at"),
            models.Index(fields=["customer", "-placed_at", "-id"], name="order_customer_placed_at"),
            models.Index(
                fields=["payment_status", "-placed_at", "-id"], name="order_status_placed_at"
            ),
            models.Index(fields=["payment_status", "id"], name="order_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(payment_status__in=["P", "C", "F"]), name="order_payment_status_known"
            )
        ]
        permissions = [("cancel_order", "Can cancel order")]

    def __str__(self) -> str:
        return f"Order {self.pk}"


class OrderItemQuerySet(models.QuerySet["OrderItem"]):
    def sold(self) -> "OrderItemQuerySet":
        """Keep the lines of sales: of orders that are paid or pending, not of failed ones."""
        return self.filter(order__payment_status__in=Order.SOLD)

    def placed_between(self, start: date, end: date) -> "OrderItemQuerySet":
        """Keep the lines of orders placed from the start of one day (UTC) to the end of another."""
        after_end = end + timedelta(days=1)
        return self.filter(
            order__placed_at__gte=datetime.combine(start, time.min, UTC),
            order__placed_at__lt=datetime.combine(after_end, time.min, UTC),
        )

    def figures_per(self, *fields: str, **named: Any) -> models.QuerySet[Any, dict[str, Any]]:
        """Group the lines by fields or expressions, with the orders, pieces and total of each group."""
        return self.values(*fields, **named).annotate(**FIGURES)

    def figures(self) -> dict[str, Any]:
        """Return the figures of all lines; pieces and total are None where there is no line."""
        return self.aggregate(**FIGURES)


class OrderItem(models.Model):
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="orderitems")
    # Title and price as they were when the order was placed.
    title = models.CharField(max_length=255, null=True, blank=True)
    quantity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    unit_price = models.DecimalField(max_digits=6, decimal_places=2)

    objects = OrderItemQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orderitem_quantity_positive"
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0), name="orderitem_unit_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.title or self.product}"

    @property
    def total_price(self) -> Decimal:
        return self.quantity * self.unit_price
