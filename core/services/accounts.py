from django.db.models import ProtectedError

from store.services.idempotency import lock_keys
from store.services.transactions import retrying_transaction

from ..exceptions import AccountInUse
from ..models import User


@retrying_transaction
def delete_account(*, user: User) -> None:
    """Delete a user and their customer profile, or raise AccountInUse once there are orders."""
    # Not the instance, which a repeat after a lost race would find without its key.
    rows = User.objects.filter(pk=user.pk)
    lock_keys(user_id=user.pk)
    # The lock keeps others from adding a row to the user after Django has collected what to delete:
    # its foreign key would refuse the deletion.
    rows.select_for_update().first()
    try:
        rows.delete()
    except ProtectedError as error:
        raise AccountInUse from error
