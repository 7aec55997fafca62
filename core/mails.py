"""djoser's mails, queued instead of sent: a response neither waits for a mail server nor tells of it."""

import logging
from typing import Any

from djoser import email

from outbox.content import Content
from outbox.services import queue_mail

logger = logging.getLogger(__name__)


class QueuedEmail(email.BaseDjoserEmail):
    def send(self, to: list[str], *args: Any, **kwargs: Any) -> None:
        self.render()
        content = Content(" ".join(self.subject.split()), self.body, self.html or "")
        for recipient in to:
            try:
                queue_mail(recipient=recipient, content=content)
            except ValueError as error:
                # An address that no mail can go to, such as one loaded by SQL; the account goes on without.
                logger.warning("No mail of the kind %s: %s", type(self).__name__, error)


class Activation(QueuedEmail, email.ActivationEmail):
    """Asks a new user to confirm the address."""


class Confirmation(QueuedEmail, email.ConfirmationEmail):
    """Welcomes a user whose account is active."""


class PasswordReset(QueuedEmail, email.PasswordResetEmail):
    """Brings the link to set a new password with."""


class PasswordChanged(QueuedEmail, email.PasswordChangedConfirmationEmail):
    """Tells a user that the password was changed."""


class UsernameReset(QueuedEmail, email.UsernameResetEmail):
    """Brings the link to set a new username with."""


class UsernameChanged(QueuedEmail, email.UsernameChangedConfirmationEmail):
    """Tells a user that the username was changed."""
