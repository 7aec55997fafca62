from decimal import Decimal

from django.db.models import F, ProtectedError
from django.db.models.functions import Floor, Least
from django.utils import timezone

from ..exceptions import CollectionNotEmpty, ProductInOrders
from ..models import Collection, Product
from .transactions import retrying_transaction

# The largest that the column takes without a hundredth.
MAX_WHOLE_PRICE = 99_999_999


@retrying_transaction
def delete_product(*, product: Product) -> None:
    """Delete a product that was never ordered, or raise ProductInOrders."""
    # Checkout locks the same row: no line can be written between the check and the deletion.
    Product.objects.locked().filter(pk=product.pk).first()
    try:
        # Not the instance, which a repeat after a lost race would find without its key.
        Product.objects.filter(pk=product.pk).delete()
    except ProtectedError as error:
        raise ProductInOrders from error


@retrying_transaction
def delete_collection(*, collection: Collection) -> None:
    """Delete a collection without products, or raise CollectionNotEmpty."""
    Collection.objects.select_for_update().filter(pk=collection.pk).first()
    try:
        Collection.objects.filter(pk=collection.pk).delete()
    except ProtectedError as error:
        raise CollectionNotEmpty from error


@retrying_transaction
def round_prices() -> int:
    """Round the prices that have more decimals than the currency half-up, and return their number."""
    # From one up, as every price is, none becomes nothing.
    rounded = Least(Floor(F("unit_price") + Decimal("0.5")), Decimal(MAX_WHOLE_PRICE))
    odd = Product.objects.with_too_many_decimals().order_by()
    return odd.update(unit_price=rounded, last_update=timezone.now())
