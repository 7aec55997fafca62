"""What the outbox keeps of mails to somebody."""

from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Least

from .claims import MAX_ATTEMPTS
from .models import Attachment, Mail

ERASED = "erased@deleted.invalid"


def told_of(which: Q) -> list[dict[str, Any]]:
    """Return when which mails were queued and sent, newest first."""
    mails = Mail.objects.filter(which).order_by("-queued_at", "-id")
    rows: Any = mails.values("recipient", "subject", "queued_at", "sent_at")
    return list(rows)


@transaction.atomic
def erase_mails(which: Q) -> None:
    """Erase who got which mail, and what is still to be sent; that there was a mail stays."""
    keys = list(Mail.objects.filter(which).values_list("pk", flat=True))
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
