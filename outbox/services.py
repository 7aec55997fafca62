import logging
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from enum import Enum, auto
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import forbid_multi_line_headers
from django.db import IntegrityError, transaction
from django.utils import timezone

from storefront.limits.rates import seconds_to_wait
from storefront.sequences import create_missing

from .content import Content
from .models import Attachment, Mail, MailQuerySet
from .signals import mail_queued

logger = logging.getLogger(__name__)

# Minutes to wait after each failed attempt; after the last one the mail is given up.
RETRY_AFTER = [1, 2, 5, 15, 60, 180, 360, 720, 1440]
BATCH = 100
PURGED_AT_ONCE = 1000
RETENTION = timedelta(days=30)
DECOY_RECIPIENT = "nobody@example.com"


class File(NamedTuple):
    filename: str
    content_type: str
    content: bytes


class Outcome(Enum):
    SENT = auto()
    REFUSED = auto()
    NO_SERVER = auto()
    NOT_OURS = auto()
    POSTPONED = auto()


class Sweep(NamedTuple):
    sent: int
    is_more: bool


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
            if attachments := [Attachment(mail=mail, **file._asdict()) for file in files]:
                Attachment.objects.bulk_create(attachments)
    except IntegrityError:
        if key and Mail.objects.filter(key=key).exists():
            return None
        raise
    transaction.on_commit(lambda: mail_queued.send_robust(sender=Mail, mail=mail))
    return mail


def queue_decoy(*, content: Content) -> None:
    """Do all that queue_mail does, and undo it: the time that it takes tells nobody whether a mail was queued.

    In a transaction only.
    """
    mail = new_mail(recipient=DECOY_RECIPIENT, content=content)
    savepoint = transaction.savepoint()
    mail.save(force_insert=True)
    transaction.savepoint_rollback(savepoint)
    # Under an id of no mail: the task finds nothing to send.
    mail.pk = 0
    transaction.on_commit(lambda: mail_queued.send_robust(sender=Mail, mail=mail))


@transaction.atomic
def queue_mails(mails: Iterable[Mail]) -> None:
    """Write many mails, made by new_mail, into the outbox; those whose key is there already are left."""
    create_missing(Mail.objects, mails)
    transaction.on_commit(lambda: mail_queued.send_robust(sender=Mail, mail=None))


def new_mail(
    *,
    recipient: str,
    content: Content,
    key: str | None = None,
    headers: dict[str, str] | None = None,
) -> Mail:
    """Return a mail that is not saved yet, or raise ValueError as queue_mail does."""
    mail = Mail(recipient=recipient, key=key, headers=headers, **content._asdict())
    try:
        mail.clean_fields(exclude=["key", "due_at", "sent_at"])
    except ValidationError as error:
        # Their names only: an address is not for the log.
        raise ValueError(f"Not a mail: {', '.join(error.message_dict)}") from None
    # Refused here is what would be on sending, where nobody could be told any more: a header or a
    # character. To make the whole message would cost more than all the rest of it.
    for name, value in (("To", mail.recipient), ("Subject", mail.subject)):
        forbid_multi_line_headers(name, value, settings.DEFAULT_CHARSET)
    f"{mail.text}{mail.html}".encode()
    return mail


def withdraw_mails(*, keys: Iterable[int], reason: str) -> list[int]:
    """Give up mails that no server has taken yet; return the ids of those."""
    unsent = Mail.objects.filter(pk__in=keys, sent_at=None).exclude(due_at=None)
    withdrawn = list(unsent.select_for_update().order_by("pk").values_list("pk", flat=True))
    Mail.objects.filter(pk__in=withdrawn).update(due_at=None, text="", html="", last_error=reason)
    return withdrawn


def send_mail(*, mail_id: int) -> None:
    """Send one mail if it is due and no other worker has it."""
    with closing(get_connection()) as connection:
        _send(mail_id, connection)


def send_due_mails() -> Sweep:
    """Send up to BATCH due mails over one connection, oldest first."""
    due = Mail.objects.due().order_by("due_at", "queued_at").values_list("pk", flat=True)[:BATCH]
    keys = list(due)
    sent = 0
    with closing(get_connection()) as connection:
        for mail_id in keys:
            match _send(mail_id, connection):
                case Outcome.SENT:
                    sent += 1
                case Outcome.NO_SERVER:
                    return Sweep(sent, is_more=False)
    # A sweep that only met the mails of another leaves the rest to that one.
    return Sweep(sent, is_more=len(keys) == BATCH and sent > 0)


@transaction.atomic
def send_again(*, mails: MailQuerySet) -> int:
    """Give those mails that were given up a new start; return how many."""
    count = mails.given_up().update(due_at=timezone.now(), attempts=0)
    transaction.on_commit(lambda: mail_queued.send_robust(sender=Mail, mail=None))
    return count


def purge_finished_mails() -> int:
    """Delete mails that were sent or given up and queued more than RETENTION ago; return how many."""
    old = Mail.objects.finished().filter(queued_at__lt=timezone.now() - RETENTION)
    total = 0
    # In batches: a campaign is more than one transaction, or this process's memory, should hold.
    while keys := list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE]):
        Mail.objects.filter(pk__in=keys).delete()
        total += len(keys)
    return total


def _send(mail_id: int, connection: BaseEmailBackend) -> Outcome:
    # One statement decides who sends; the claim ends by itself should this process die.
    if not Mail.objects.claim(mail_id):
        return Outcome.NOT_OURS
    mail = Mail.objects.get(pk=mail_id)
    if wait := seconds_to_wait("recipients", mail.recipient.lower()):
        _postpone(mail, seconds=wait)
        return Outcome.POSTPONED
    try:
        message = mail.as_message(connection)
        connection.open()
        message.send()
    except Exception as error:
        # Whatever is wrong with one mail must not keep back those behind it.
        _mark_failed(mail, error)
        return Outcome.REFUSED if is_about_this_mail(error) else Outcome.NO_SERVER
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


def _postpone(mail: Mail, *, seconds: int) -> None:
    """Keep back, but never drop, what comes to one address more often than RATES allow."""
    Mail.objects.filter(pk=mail.pk, sent_at=None, attempts=mail.attempts).update(
        due_at=timezone.now() + timedelta(seconds=seconds), attempts=mail.attempts - 1
    )
    logger.warning("Mail %s waits for %s s: its recipient got many", mail.pk, seconds)


def _mark_failed(mail: Mail, error: Exception) -> None:
    waits = dict(enumerate(RETRY_AFTER, start=1))
    wait = None if is_final(error) else waits.get(mail.attempts)
    # Where the claim ran out meanwhile, the worker that took it over has the say.
    Mail.objects.filter(pk=mail.pk, sent_at=None, attempts=mail.attempts).update(
        due_at=timezone.now() + timedelta(minutes=wait) if wait else None,
        last_error=f"{type(error).__name__}: {error}"[:500],
    )
    if wait:
        logger.warning("Mail %s goes out in %s minutes: %s", mail.pk, wait, type(error).__name__)
    else:
        logger.error("Mail %s is given up: %s", mail.pk, type(error).__name__)


def replies_to(error: Exception) -> list[int]:
    """Return the codes with which the server turned this mail down; none where it is not about the mail."""
    match error:
        case SMTPRecipientsRefused():
            return [code for code, _ in error.recipients.values()]
        # A sender is refused for the size of the mail (552), or for the shop as such.
        case SMTPDataError() | SMTPSenderRefused(smtp_code=552):
            return [error.smtp_code]
    return []


def is_about_this_mail(error: Exception) -> bool:
    """Tell whether the next mail may fare better over the same connection."""
    # 421: the server closes.
    return not isinstance(error, OSError) or not set(replies_to(error)) <= {421}


def is_final(error: Exception) -> bool:
    """Tell whether the server will not take this mail tomorrow either (RFC 5321: a reply of 5xx)."""
    codes = replies_to(error)
    return bool(codes) and min(codes) >= 500
