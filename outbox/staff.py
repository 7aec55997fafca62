import logging
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction

from .content import Content
from .services import File, queue_mail

logger = logging.getLogger(__name__)


def queue_to_admins(*, content: Content, key: str, files: Sequence[File] = ()) -> int:
    """Queue a mail to each of ADMINS, once for this key; return how many were queued now."""
    return queue_to_people(people=settings.ADMINS, content=content, key=key, files=files)


@transaction.atomic
def queue_to_people(
    *,
    people: Iterable[tuple[str, str]],
    content: Content,
    key: str,
    files: Sequence[File] = (),
) -> int:
    """Queue a mail to each of these (name, address), once for this key; return how many were queued now."""
    queued = 0
    for _, address in people:
        try:
            mail = queue_mail(
                recipient=address, content=content, key=f"{key}:{address}", files=files
            )
            queued += mail is not None
        except ValueError as error:
            # One address with a slip in it keeps the mail from nobody else.
            logger.error("A setting such as ADMINS names an address that is none: %s", error)
    return queued
