from django.db.models import ProtectedError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from store.services.idempotency import lock_keys
from store.services.transactions import retrying_transaction
from storefront.sequences import create_missing

from .exceptions import AccountInUse
from .models import User


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


def revoke_refresh_tokens(*, user_id: int) -> None:
    """Sign the user out everywhere: no refresh token issued until now works any more."""
    outstanding = OutstandingToken.objects.filter(user_id=user_id, blacklistedtoken=None)
    create_missing(
        BlacklistedToken.objects, (BlacklistedToken(token=token) for token in outstanding)
    )
