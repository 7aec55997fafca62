from email.utils import format_datetime, make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.utils import DNS_NAME
from django.db import models
from django.utils import timezone

from storefront.models import PartialUpdateModel

from .addresses import ascii_address, ascii_message_id
from .claims import Claimable, ClaimableQuerySet


def new_message_id() -> str:
    """Return the Message-ID under which a mail is sent, every time that it is sent."""
    _, at, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")
    return ascii_message_id(make_msgid(domain=domain if at else str(DNS_NAME)))


class MailQuerySet(ClaimableQuerySet["Mail"]):
    def given_up(self) -> "MailQuerySet":
        """Those that no server took."""
        return self.finished().filter(sent_at=None)


class Mail(Claimable):
    """A mail to one address, kept until the mail server has taken it."""

    # Names what the mail is about; the same key is never queued twice.
    key = models.CharField(max_length=255, unique=True, null=True, editable=False)
    message_id = models.CharField(max_length=255, unique=True, default=new_message_id)
    recipient = models.EmailField()
    subject = models.CharField(max_length=255)
    # Emptied once sent: they may hold what only the recipient should know.
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    # By name, beside those that every mail has.
    headers = models.JSONField(null=True, editable=False)
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "queued_at"], name="outbox_mail_due"),
            models.Index(fields=["queued_at", "id"], name="outbox_mail_queued"),
            # For the admin: what was not sent is little of all, and so is what one address got.
            models.Index(fields=["sent_at", "queued_at", "id"], name="outbox_mail_sent"),
            models.Index(fields=["recipient", "queued_at", "id"], name="outbox_mail_recipient"),
        ]

    def __str__(self) -> str:
        return self.subject

    def as_message(self, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
        """Return the message as it goes out; its date and id stay the same on every attempt.

        Raises ValueError where the sender or the recipient is no address that a mail server takes.
        """
        message = EmailMultiAlternatives(
            self.subject,
            self.text,
            ascii_address(settings.DEFAULT_FROM_EMAIL),
            [ascii_address(self.recipient)],
            connection=connection,
            headers={
                "Message-ID": ascii_message_id(self.message_id),
                "Date": format_datetime(self.queued_at),
                **(self.headers or {}),
            },
        )
        if self.html:
            message.attach_alternative(self.html, "text/html")
        for attachment in self.attachments.all():
            message.attach(attachment.filename, bytes(attachment.content), attachment.content_type)
        return message


class Attachment(PartialUpdateModel):
    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="attachments")
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.filename
