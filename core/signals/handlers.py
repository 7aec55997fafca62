import logging
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from ..mails import PASSWORD_CHANGED, queue_account_mail
from ..models import User
from ..security_log import security_event
from ..services.sessions import begin_browser_session

logger = logging.getLogger(__name__)


def on_order_created(order: Any, **kwargs: Any) -> None:
    """Log a placed order: an example of another app that listens to the shop."""
    logger.info("Order %s was placed by customer %s", order.pk, order.customer_id)


def tell_of_password(user: User, **kwargs: Any) -> None:
    """Tell a user of a new password, by a mail in the transaction that writes it, and log it."""
    # It is none that a rollback undoes.
    transaction.on_commit(
        lambda: security_event("password_changed", user_id=user.pk, account=user.username)
    )
    queue_account_mail(user=user, mail=PASSWORD_CHANGED)


def on_user_logged_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Log who signed in on a page, and list the browser among the sessions of its user."""
    security_event("sign_in_succeeded", request=request, user_id=user.pk, account=user.username)
    # The form of the sign-in says so of the user whom it found.
    is_verified = getattr(user, "has_sent_code", False)
    begin_browser_session(user=user, request=request, is_verified=is_verified)
