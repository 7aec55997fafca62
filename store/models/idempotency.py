from django.conf import settings
from django.db import models

from storefront.models import PartialUpdateModel

from .orders import Order


class IdempotencyKey(PartialUpdateModel):
    """The name under which a client placed an order, so that a request sent again finds it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # SHA-256 of the key: collations that ignore case or blanks would confuse two keys.
    digest = models.CharField(max_length=64)
    # SHA-256 of what was asked for.
    fingerprint = models.CharField(max_length=64)
    # Written with the order, in its transaction; none while the request is in flight or was refused.
    order = models.ForeignKey(Order, on_delete=models.CASCADE, null=True, related_name="+")
    # Whether the order was new, or the one that its cart had become before.
    created_order = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="idempotencykey_once_per_user")
        ]

    def __str__(self) -> str:
        return self.digest
