"""What staff corrected of an order: a row for each time, with what stood there before."""

from django.conf import settings
from django.db import models

from storefront.models import PartialUpdateModel

from .orders import Order


class TrackingChange(PartialUpdateModel):
    """The tracking of a parcel as it was, and as somebody corrected it."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="tracking_changes")
    old_carrier = models.CharField(max_length=64, blank=True)
    old_tracking_number = models.CharField(max_length=64, blank=True)
    carrier = models.CharField(max_length=64, blank=True)
    tracking_number = models.CharField(max_length=64, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.carrier} {self.tracking_number}".rstrip()
