from django.db.models import ProtectedError

from ..exceptions import CollectionNotEmpty, ProductInOrders
from ..models import Collection, Product
from .transactions import atomic


@atomic
def delete_product(*, product: Product) -> None:
    """Delete a product that was never ordered, or raise ProductInOrders."""
    # Checkout locks the same row: no line can be written between the check and the deletion.
    Product.objects.locked().filter(pk=product.pk).first()
    try:
        product.delete()
    except ProtectedError as error:
        raise ProductInOrders from error


@atomic
def delete_collection(*, collection: Collection) -> None:
    """Delete a collection without products, or raise CollectionNotEmpty."""
    Collection.objects.select_for_update().filter(pk=collection.pk).first()
    try:
        collection.delete()
    except ProtectedError as error:
        raise CollectionNotEmpty from error
