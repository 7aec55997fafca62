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
        # Not the instance, which a repeat after a lost race would find without its key.
        Product.objects.filter(pk=product.pk).delete()
    except ProtectedError as error:
        raise ProductInOrders from error


@atomic
def delete_collection(*, collection: Collection) -> None:
    """Delete a collection without products, or raise CollectionNotEmpty."""
    Collection.objects.select_for_update().filter(pk=collection.pk).first()
    try:
        Collection.objects.filter(pk=collection.pk).delete()
    except ProtectedError as error:
        raise CollectionNotEmpty from error
