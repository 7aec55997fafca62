from django.db import models

from storefront.models import PartialUpdateModel


class LowStockNotice(PartialUpdateModel):
    """A product whose low stock staff were mailed of; it goes once the stock is no longer low."""

    # No foreign key: to check one locks the rows that orders wait for.
    product_id = models.PositiveBigIntegerField(primary_key=True)
    noticed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["product_id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Product {self.product_id}"
