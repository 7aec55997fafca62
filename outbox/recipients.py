"""What the outbox keeps of mails to somebody."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from .models import MAX_ATTEMPTS, Attachment, Mail

ERASED = "erased@deleted.invalid"


def mails_to(addresses: Iterable[str]) -> list[dict[str, Any]]:
    """Return when which mails were queued and sent, newest first."""
    mails = Mail.objects.filter(recipient__in=[*addresses]).order_by("-queued_at", "-id")
    rows: Any = mails.values("recipient", "subject", "queued_at", "sent_at")
    return list(rows)


@transaction.atomic
def erase_recipient(addresses: Iterable[str]) -> None:
    """Erase who got which mail, and what is still to be sent; that there was a mail stays."""
    mails = Mail.objects.filter(recipient__in=[*addresses])
    keys = list(mails.values_list("pk", flat=True))
    Attachment.objects.filter(mail__in=keys).delete()
    # One more attempt: a worker that has it at this moment no longer has the say.
    Mail.objects.filter(pk__in=keys).update(
        recipient=ERASED,
        text="",
        html="",
        last_error="",
        due_at=None,
        attempts=Least(F("attempts") + 1, MAX_ATTEMPTS),
    )
