from django.db.models import ProtectedError

from ..exceptions import CustomerHasOrders
from ..models import Customer
from ..models.profiles import with_user
from .transactions import atomic


def customer_of(*, user_id: int) -> Customer:
    """Return the user's customer profile; one that is missing (loaded by SQL, deleted) is made."""
    return (
        with_user(user_id)
        or Customer.objects.select_related("user").get_or_create(user_id=user_id)[0]
    )


@atomic
def delete_customer(*, customer: Customer) -> None:
    """Delete a customer profile without orders, or raise CustomerHasOrders; the user stays."""
    Customer.objects.select_for_update().filter(pk=customer.pk).first()
    try:
        Customer.objects.filter(pk=customer.pk).delete()
    except ProtectedError as error:
        raise CustomerHasOrders from error
