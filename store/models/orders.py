from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from history.recording import RecordedModel, RecordingMixin
from storefront.indexes import LoneBeginningIndex
from storefront.models import PartialUpdateModel
from storefront.permissions import holds

from ..carriers import tracking_page
from ..expressions import AmountSum
from ..loading import LoadingMixin
from ..money import DECIMAL_PLACES, PRICE_DIGITS, SUM_DIGITS, summed
from .catalog import Product
from .customers import Address, Customer
from .images import load_images
from .order_search import found_by

# What lines cost, before tax.
AMOUNT = AmountSum(F("quantity") * F("unit_price"))
FIGURES = {
    "orders": Count("order", distinct=True),
    "pieces": Sum("quantity"),
    "total": AMOUNT,
}


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


class OrderStatus(models.TextChoices):
    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class OrderQuerySet(RecordingMixin, models.QuerySet["Order"]):
    def visible_to(self, user: Any, *permissions: str) -> "OrderQuerySet":
        """Keep what the user may see: staff who hold one of the permissions everything, others their own."""
        if any(holds(user, each) for each in permissions or ["store.view_order"]):
            return self
        return self.filter(customer__user_id=user.pk)

    def found_by(self, words: Iterable[str]) -> "OrderQuerySet":
        """Keep the orders that each word finds: by number, customer, phone, town or product."""
        return found_by(self, words)

    def of_deleted_accounts(self) -> "OrderQuerySet":
        return self.filter(customer__user__deleted_at__isnull=False)

    def sold(self) -> "OrderQuerySet":
        """Keep the sales: what is paid or pending, not what failed."""
        return self.filter(payment_status__in=Order.SOLD)

    def with_lines(self) -> "OrderQuerySet":
        """Keep the orders that have lines: one without is in no figure of sales."""
        return self.filter(Exists(OrderItem.objects.filter(order=OuterRef("pk")).order_by()))

    def selling(self, product: int) -> "OrderQuerySet":
        """Keep the orders with a line of this product."""
        lines = OrderItem.objects.filter(order=OuterRef("pk"), product=product).order_by()
        return self.filter(Exists(lines))

    def placed_between(self, start: date, end: date) -> "OrderQuerySet":
        """Keep the orders placed from the start of one day (UTC) to the end of another."""
        return self.filter(
            placed_at__gte=start_of(start), placed_at__lt=start_of(end + timedelta(days=1))
        )

    def with_items(self) -> "OrderQuerySet":
        """Load the lines along, and their products with images, in two more queries."""
        return self.prefetch_related(Prefetch("items", queryset=OrderItem.objects.with_products()))

    def with_customers_and_lines(self) -> "OrderQuerySet":
        """Load what goes into a parcel, and to whom: the customers along, the lines in one more query."""
        lines = OrderItem.objects.select_related("product")
        return self.select_related("customer__user").prefetch_related(
            Prefetch("items", queryset=lines)
        )

    def expiring(self) -> "OrderQuerySet":
        """Keep the unpaid orders whose stock the shop holds for some time only."""
        return self.filter(payment_status=Order.PAYMENT_STATUS_PENDING, expires_at__isnull=False)

    def with_total(self) -> "OrderQuerySet":
        """Annotate each order with its total as `total_of_lines`, None without lines."""
        # Per order, not joined and grouped: a page of orders adds up its own lines only.
        lines = OrderItem.objects.order_by().filter(order=OuterRef("pk")).values("order")
        total = lines.annotate(total=AMOUNT + Coalesce(AmountSum("tax"), Decimal(0))).values(
            "total"
        )
        return self.annotate(total_of_lines=Subquery(total))


class Order(RecordedModel, PartialUpdateModel):
    PAYMENT_STATUS_PENDING = "P"
    PAYMENT_STATUS_COMPLETE = "C"
    PAYMENT_STATUS_FAILED = "F"
    PAYMENT_STATUS_CHOICES = [
        (PAYMENT_STATUS_PENDING, "Pending"),
        (PAYMENT_STATUS_COMPLETE, "Complete"),
        (PAYMENT_STATUS_FAILED, "Failed"),
    ]
    # What `stage` holds of a paid order.
    STAGE_CHOICES = [
        (status.value, status.label)
        for status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.REFUNDED)
    ]
    # An order holds its stock, and is a sale, from when it is placed until it is cancelled.
    SOLD = [PAYMENT_STATUS_PENDING, PAYMENT_STATUS_COMPLETE]

    placed_at = models.DateTimeField(auto_now_add=True)
    payment_status = models.CharField(
        max_length=1, choices=PAYMENT_STATUS_CHOICES, default=PAYMENT_STATUS_PENDING
    )
    # How far an order has come once it is paid.
    stage = models.CharField(
        max_length=9, choices=STAGE_CHOICES, null=True, blank=True, editable=False
    )
    # Follows from the two above in the database, so that plain SQL cannot make them disagree.
    status = models.GeneratedField(
        expression=Case(
            When(payment_status="P", then=Value(OrderStatus.PENDING.value)),
            When(payment_status="F", then=Value(OrderStatus.CANCELLED.value)),
            default=Coalesce("stage", Value(OrderStatus.PAID.value)),
        ),
        output_field=models.CharField(max_length=9, choices=OrderStatus.choices),
        choices=OrderStatus.choices,
        db_persist=True,
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    # Where it goes, as it was when the order was placed; none was given where the street is null.
    shipping_street = models.CharField(max_length=255, null=True, blank=True)
    shipping_city = models.CharField(max_length=255, null=True, blank=True)
    shipping_zip = models.CharField(max_length=32, null=True, blank=True)
    # Who carries the parcel, and under which number; empty until it is shipped, or where nobody said.
    carrier = models.CharField(max_length=64, blank=True, default="", db_default="")
    tracking_number = models.CharField(max_length=64, blank=True, default="", db_default="")
    # The cart it came from: a repeated request finds this order instead of making a second one.
    cart_uuid = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    # When it is cancelled unless it is paid; null: never, as of orders whose payment staff see to.
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)

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
            models.Index(fields=["payment_status", "expires_at"], name="order_expires_at"),
            models.Index(fields=["status", "-placed_at", "-id"], name="order_progress_placed_at"),
            models.Index(fields=["status", "id"], name="order_progress"),
            LoneBeginningIndex(fields=["shipping_city"], name="order_town_beginning"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(payment_status__in=["P", "C", "F"]), name="order_payment_status_known"
            ),
            models.CheckConstraint(
                condition=Q(stage=None)
                | Q(stage__in=["shipped", "delivered", "refunded"], payment_status="C"),
                name="order_stage_of_paid",
            ),
        ]
        permissions = [("cancel_order", "Can cancel order")]

    def __str__(self) -> str:
        return f"Order {self.pk}"

    @property
    def shipping_address(self) -> Address | None:
        """Where it goes, as a row that is not stored; None where no address was given."""
        if self.shipping_street is None:
            return None
        return Address(**{name: getattr(self, f"shipping_{name}") for name in Address.FIELDS})

    @property
    def tracking_url(self) -> str | None:
        """The carrier's page about the parcel, where STORE_CARRIERS names one."""
        return tracking_page(self.carrier, self.tracking_number)

    @property
    def subtotal(self) -> Decimal:
        """What its lines cost before tax; load the order `with_items()` first."""
        return summed(line.total_price for line in self.items.all())

    @property
    def tax(self) -> Decimal:
        """The tax on its lines; none is known of lines that plain SQL wrote."""
        return summed(line.tax for line in self.items.all())

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return self.subtotal + self.tax


class OrderItemQuerySet(LoadingMixin, models.QuerySet["OrderItem"]):
    def with_products(self) -> "OrderItemQuerySet":
        """Load the products along, with their images, in one more query."""
        return self.select_related("product").loading(load_item_images)

    def sold(self) -> "OrderItemQuerySet":
        """Keep the lines of sales: of orders that are paid or pending, not of failed ones."""
        return self.filter(order__payment_status__in=Order.SOLD)

    def bought(self) -> "OrderItemQuerySet":
        """Keep the lines of orders that are paid and were not given back."""
        kept = [OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.DELIVERED]
        return self.filter(order__status__in=kept)

    def placed_between(self, start: date, end: date) -> "OrderItemQuerySet":
        """Keep the lines of orders placed from the start of one day (UTC) to the end of another."""
        after_end = end + timedelta(days=1)
        return self.filter(
            order__placed_at__gte=start_of(start), order__placed_at__lt=start_of(after_end)
        )

    def of(self, *, product: int | None, collection: int | None) -> "OrderItemQuerySet":
        """Keep the lines of a product and of the products of a collection; None is any."""
        found = self if product is None else self.filter(product=product)
        return found if collection is None else found.filter(product__collection=collection)

    def figures_per(self, *fields: str, **named: Any) -> models.QuerySet[Any, dict[str, Any]]:
        """Group the lines by fields or expressions, with the orders, pieces and total of each group."""
        return self.values(*fields, **named).annotate(**FIGURES)

    def figures(self) -> dict[str, Any]:
        """Return the figures of all lines; pieces and total are None where there is no line."""
        return self.aggregate(**FIGURES)


def load_item_images(items: Sequence["OrderItem"]) -> None:
    load_images([item.product for item in items])


class OrderItem(PartialUpdateModel):
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="orderitems")
    # All as it was when the order was placed.
    title = models.CharField(max_length=255, null=True, blank=True)
    quantity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    # What a piece cost, before tax.
    unit_price = models.DecimalField(max_digits=PRICE_DIGITS, decimal_places=DECIMAL_PLACES)
    list_price = models.DecimalField(
        max_digits=PRICE_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    # On all pieces of the line.
    tax = models.DecimalField(
        max_digits=SUM_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    promotion = models.CharField(max_length=255, null=True, blank=True)

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
        """What its pieces cost, before tax."""
        return self.quantity * self.unit_price

    @property
    def total_with_tax(self) -> Decimal:
        return self.total_price + (self.tax or 0)
