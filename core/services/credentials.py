"""New passwords and names, of which their user is told by mail."""

from django.db import transaction
from django.utils import timezone

from store.services.transactions import retrying_transaction

from ..attempts import forget_attempts
from ..exceptions import LinkRefused
from ..links import RESET_PASSWORD, RESET_USERNAME, LinkTokens
from ..mails import (
    PASSWORD_CHANGED,
    USERNAME_CHANGED,
    AccountMail,
    queue_account_mail,
    queue_to,
    queue_to_nobody,
)
from ..models import User
from ..security_log import security_event


def change_password(*, user: User, password: str) -> None:
    """Set the password of a user, who is told."""
    # Hashed before the transaction, which others may wait for.
    user.set_password(password)
    retrying_transaction(user.save)()


@retrying_transaction
def change_username(*, user: User, username: str) -> None:
    """Give a user another name to sign in with, and tell them."""
    user.username = username
    user.save()
    tell_of_username(user=user)


def tell_of_username(*, user: User) -> None:
    """Tell a user of the name that they have got, in the transaction that writes it."""
    queue_account_mail(user=user, mail=USERNAME_CHANGED)
    # No network has signed in with it yet, and each would wait for what strangers fail.
    forget_attempts(user.username)
    log_on_commit("username_changed", user)


def log_on_commit(event: str, user: User) -> None:
    transaction.on_commit(lambda: security_event(event, user_id=user.pk, account=user.username))


def reset_password(*, user: User, token: str, password: str) -> None:
    """Set a new password with the token of a link, once; raises LinkRefused."""
    user.set_password(password)
    _write_password(user_id=user.pk, token=token, password_hash=user.password)
    # By whoever tried to guess the one before.
    forget_attempts(user.username)
    security_event("password_reset", user_id=user.pk, account=user.username)


@retrying_transaction
def _write_password(*, user_id: int, token: str, password_hash: str) -> None:
    user = locked_by_link(user_id=user_id, token=token, tokens=RESET_PASSWORD)
    user.password, user.pending_email, user.last_login = password_hash, None, timezone.now()
    # Whoever has the link reads the mail.
    user.email_verified_at = user.email_verified_at or timezone.now()
    user.save()
    queue_account_mail(user=user, mail=PASSWORD_CHANGED)


@retrying_transaction
def reset_username(*, user: User, token: str, username: str) -> None:
    """Set a new name with the token of a link, once; raises LinkRefused."""
    user = locked_by_link(user_id=user.pk, token=token, tokens=RESET_USERNAME)
    user.username, user.last_login = username, timezone.now()
    user.save()
    tell_of_username(user=user)


def locked_by_link(*, user_id: int | None, token: str, tokens: LinkTokens) -> User:
    """Lock the account that a link is for, or raise LinkRefused: of two who follow it one is too late."""
    users = User.objects.select_for_update().filter(is_active=True)
    user = None if user_id is None else users.filter(pk=user_id).first()
    if user is None or not tokens.check_token(user, token):
        raise LinkRefused
    return user


@retrying_transaction
def mail_link(*, email: str, mail: AccountMail) -> None:
    """Mail a link to who signs in with a password and reads this address; take as long where nobody does."""
    user = User.objects.reading(email)
    if user and user.is_mailable and user.has_usable_password() and mail.is_for(user):
        queue_to(user.email, user=user, mail=mail)
    else:
        queue_to_nobody(mail=mail)
