from django.conf import settings
from django.db import models

from storefront.models import PartialUpdateModel

from .orders import Order, OrderStatus


class OrderStatusChange(PartialUpdateModel):
    """A step in the life of an order: who made it, when and why."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="status_changes")
    # Null when the order was placed.
    from_status = models.CharField(max_length=9, choices=OrderStatus.choices, null=True)
    to_status = models.CharField(max_length=9, choices=OrderStatus.choices)
    # Null for the shop itself: a payment that arrived, a time that ran out.
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now_add=True)
    # The customer reads it.
    reason = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["-changed_at", "-id"]
        indexes = [
            models.Index(
                fields=["order", "-changed_at", "-id"], name="orderstatuschange_changed_at"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.to_status}"
