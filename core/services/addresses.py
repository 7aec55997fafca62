"""E-mail addresses, which an account has once a link that was mailed to them was followed."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from store.services.transactions import retrying_transaction

from ..exceptions import LinkRefused
from ..links import VERIFY_EMAIL, user_id_of
from ..mails import (
    EMAIL_CHANGE_ASKED,
    EMAIL_CHANGED,
    VERIFICATION,
    queue_account_mail,
    queue_to_nobody,
    queue_verification,
)
from ..models import User
from .credentials import locked_by_link, log_on_commit


@retrying_transaction
def register(**fields: Any) -> User:
    """Create an account and mail the link that confirms its address."""
    user: User = User.objects.create_user(**fields)
    if settings.SEND_VERIFICATION_MAIL:
        queue_verification(user=user)
    return user


@retrying_transaction
def ask_for_email(*, user: User, email: str) -> None:
    """Mail a link to the address that is to replace the present one, which is told of it."""
    user.pending_email = email
    user.save(update_fields=["pending_email"])
    queue_verification(user=user)
    queue_account_mail(user=user, mail=EMAIL_CHANGE_ASKED)


def withdraw_email(*, user: User) -> None:
    """Keep the present address: the link that was mailed to another works no more."""
    if user.pending_email:
        user.pending_email = None
        user.save(update_fields=["pending_email"])


@retrying_transaction
def verify_email(*, uid: str, token: str) -> None:
    """Confirm an address, which replaces the one before it, with the codes of a link; raises LinkRefused."""
    user = locked_by_link(user_id=user_id_of(uid), token=token, tokens=VERIFY_EMAIL)
    if user.pending_email:
        queue_account_mail(user=user, mail=EMAIL_CHANGED)
        log_on_commit("email_changed", user)
        user.email, user.pending_email = user.pending_email, None
    user.email_verified_at = timezone.now()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        # Somebody else has confirmed it since.
        raise LinkRefused from error


@retrying_transaction
def resend_verification(*, email: str) -> None:
    """Mail the link again where there is an address to confirm; take as long where there is none."""
    user = User.objects.reading(email)
    if user is not None and (user.pending_email or user.email_verified_at is None):
        queue_verification(user=user)
    else:
        queue_to_nobody(mail=VERIFICATION)
