"""The end of an account: the person is erased everywhere, and the books stay whole."""

from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from history.services import erase_history
from outbox.recipients import erase_mails
from store.models import Customer
from store.services.idempotency import lock_keys
from store.services.personal_data import erase_customer
from store.services.transactions import retrying_transaction

from ..mails import mails_of
from ..models import User, UserSession
from .credentials import log_on_commit
from .sessions import end_sessions
from .sign_ins import forget_account

ERASED = "deleted account"


@retrying_transaction
def delete_account(*, user: User) -> None:
    """Delete a user with all that is held about them; orders stay, under a name that says nothing.

    Unpaid orders are cancelled, and their stock goes back.
    """
    # Not the instance, which a repeat after a lost race would find without its key.
    rows = User.objects.filter(pk=user.pk)
    lock_keys(user_id=user.pk)
    # The lock keeps others from adding a row to the user after Django has collected what to delete:
    # its foreign key would refuse the deletion. An order that is placed meanwhile is refused.
    locked = rows.select_for_update().first()
    if locked is None:
        return
    customers = list(Customer.objects.filter(user=locked).values_list("pk", flat=True))
    erase_log(locked, customers)
    erase_customer(user_id=locked.pk, successor=make_successor)
    end_sessions(sessions=UserSession.objects.filter(user_id=locked.pk))
    OutstandingToken.objects.filter(user_id=locked.pk).delete()
    forget_account(username=locked.username)
    erase_mails(mails_of(locked))
    rows.delete()
    # Last: the deletion leaves records of its own.
    erase_history(model=User, keys=[locked.pk])
    erase_history(model=Customer, keys=customers)
    log_on_commit("account_deleted", locked)


def make_successor() -> int:
    """Make the user to whom the orders of a deleted one belong, who never signs in; return the id."""
    name = f"deleted-{uuid4().hex}"
    successor = User(
        username=name,
        email=f"{name}@deleted.invalid",
        password=make_password(None),
        is_active=False,
        deleted_at=timezone.now(),
    )
    # Without the signals of a new user, who would get a profile.
    User.objects.bulk_create([successor])
    return User.objects.get(username=name).pk


def erase_log(user: User, customers: list[int]) -> None:
    """Erase the names and texts by which the log of the admin tells whom staff changed."""
    for model, keys in ((User, [user.pk]), (Customer, customers)):
        about = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(model), object_id__in=map(str, keys)
        )
        about.update(object_repr=ERASED, change_message="")
