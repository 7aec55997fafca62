"""What staff corrected of an order, with what stood there before, and what they noted about it."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models

from storefront.models import PartialUpdateModel

from .customers import Address
from .orders import Order

# Characters.
MAX_NOTE = 2000


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


class AddressChange(PartialUpdateModel):
    """Where an order was to go, and where it goes since somebody corrected it."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="address_changes")
    # Null where there was none.
    old_street = models.CharField(max_length=255, null=True)
    old_city = models.CharField(max_length=255, null=True)
    old_zip = models.CharField(max_length=32, null=True)
    street = models.CharField(max_length=255)
    city = models.CharField(max_length=255)
    zip = models.CharField(max_length=32, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.address}"

    @property
    def address(self) -> Address:
        return Address(**{name: getattr(self, name) for name in Address.FIELDS})

    @property
    def old_address(self) -> Address | None:
        if self.old_street is None:
            return None
        return Address(**{name: getattr(self, f"old_{name}") for name in Address.FIELDS})


class OrderNote(PartialUpdateModel):
    """What staff write to each other about an order; no customer reads it."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(validators=[MaxLengthValidator(MAX_NOTE)])
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    written_at = models.DateTimeField(auto_now_add=True)
    # Of the form that it came from: sent again, it is the same note.
    key = models.UUIDField(unique=True, null=True, editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.text[:50]}"
