import logging
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from enum import Enum, auto
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import NamedTuple

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.utils import timezone

from .content import Content
from .models import Attachment, Mail, MailQuerySet
from .signals import mail_queued

logger = logging.getLogger(__name__)

# Minutes to wait after each failed attempt; after the last one the mail is given up.
RETRY_AFTER = [1, 2, 5, 15, 60, 180, 360, 720, 1440]
BATCH = 100
KEPT = timedelta(days=30)


class File(NamedTuple):
    filename: str
    content_type: str
    content: bytes


class Outcome(Enum):
    SENT = auto()
    REFUSED = auto()
    NO_SERVER = auto()
    NOT_OURS = auto()


@transaction.atomic
def queue_mail(
    *, recipient: str, content: Content, key: str | None = None, files: Iterable[File] = ()
) -> Mail | None:
    """Write a mail into the outbox, in the transaction of its cause; it is sent after the commit.

    Returns None where this key was queued before. Raises ValueError for an address or subject that is
    none, such as one that would add a header.
    """
    mail = new_mail(recipient=recipient, content=content, key=key)
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        if key and Mail.objects.filter(key=key).exists():
            return None
        raise
    Attachment.objects.bulk_create(Attachment(mail=mail, **file._asdict()) for file in files)
    transaction.on_commit(lambda: mail_queued.send_robust(sender=Mail, mail=mail))
    return mail


@transaction.atomic
def queue_mails(mails: Iterable[Mail]) -> None:
    """Write many mails, made by new_mail, into the outbox; those whose key is there already are left."""
    Mail.objects.bulk_create(mails, ignore_conflicts=True)
    transaction.on_commit(lambda: mail_queued.send_robust(sender=Mail, mail=None))


def new_mail(*, recipient: str, content: Content, key: str | None = None) -> Mail:
    """Return a mail that is not saved yet, or raise ValueError as queue_mail does."""
    mail = Mail(recipient=recipient, key=key, **content._asdict())
    # Django refuses here what it would refuse on sending, where nobody could be told any more.
    mail.as_message().message()
    return mail


def send_mail(*, mail_id: int) -> None:
    """Send one mail if it is due and no other worker has it."""
    with closing(get_connection()) as connection:
        _send(mail_id, connection)


def send_due_mails() -> int:
    """Send up to BATCH due mails over one connection, oldest first; return how many were sent."""
    due = Mail.objects.due().order_by("due_at", "queued_at").values_list("pk", flat=True)[:BATCH]
    sent = 0
    with closing(get_connection()) as connection:
        for mail_id in list(due):
            match _send(mail_id, connection):
                case Outcome.SENT:
                    sent += 1
                case Outcome.NO_SERVER:
                    break
    return sent


@transaction.atomic
def send_again(*, mails: MailQuerySet) -> int:
    """Give those mails that were given up a new start; return how many."""
    count = mails.given_up().update(due_at=timezone.now(), attempts=0)
    transaction.on_commit(lambda: mail_queued.send_robust(sender=Mail, mail=None))
    return count


def purge_finished_mails() -> int:
    """Delete mails that were sent or given up and queued more than KEPT ago; return how many."""
    return Mail.objects.finished().filter(queued_at__lt=timezone.now() - KEPT).delete()[0]


def _send(mail_id: int, connection: BaseEmailBackend) -> Outcome:
    # One statement decides who sends; the claim ends by itself should this process die.
    if not Mail.objects.claim(mail_id):
        return Outcome.NOT_OURS
    mail = Mail.objects.get(pk=mail_id)
    try:
        connection.open()
        mail.as_message(connection).send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        _mark_failed(mail, error)
        return Outcome.REFUSED
    except OSError as error:
        _mark_failed(mail, error)
        return Outcome.NO_SERVER
    # A death before this line sends the mail once more, under the same Message-ID.
    _mark_sent(mail)
    return Outcome.SENT


@transaction.atomic
def _mark_sent(mail: Mail) -> None:
    Mail.objects.filter(pk=mail.pk).update(
        sent_at=timezone.now(), due_at=None, text="", html="", last_error=""
    )
    mail.attachments.all().delete()
    logger.info("Sent mail %s", mail.pk)


def _mark_failed(mail: Mail, error: OSError) -> None:
    waits = dict(enumerate(RETRY_AFTER, start=1))
    wait = None if is_final(error) else waits.get(mail.attempts)
    Mail.objects.filter(pk=mail.pk).update(
        due_at=timezone.now() + timedelta(minutes=wait) if wait else None,
        last_error=f"{type(error).__name__}: {error}"[:500],
    )
    if wait:
        logger.warning("Mail %s goes out in %s minutes: %s", mail.pk, wait, type(error).__name__)
    else:
        logger.error("Mail %s is given up: %s", mail.pk, type(error).__name__)


def is_final(error: OSError) -> bool:
    """Tell whether the server will not take this mail tomorrow either (RFC 5321: a reply of 5xx)."""
    match error:
        case SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in error.recipients.values())
        case SMTPDataError():
            return error.smtp_code >= 500
    return False
