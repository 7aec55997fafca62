"""What becomes of records: taken back, erased with a person, purged after a time."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from .models import Change, Operation

# Rows that one statement deletes or reads.
CHUNK = 1000


def erase_history(*, model: type[models.Model], keys: Iterable[Any], fields: Any = None) -> None:
    """Erase what is recorded about rows, or of some of their fields, in the caller's transaction."""
    changes = Change.objects.of(model, *keys)
    if fields is None:
        changes.delete()
        return
    for change in changes.order_by("pk").iterator(CHUNK):
        left = {name: pair for name, pair in change.fields.items() if name not in fields}
        if left != change.fields:
            change.fields = left
            change.save(update_fields=["fields"])


def purge_history() -> int:
    """Delete the records that are older than HISTORY_DAYS; return how many changes these were."""
    last = timezone.now() - timedelta(days=settings.HISTORY_DAYS)
    total = 0
    old = Change.objects.filter(changed_at__lt=last).order_by("pk")
    while keys := list(old.values_list("pk", flat=True)[:CHUNK]):
        total += Change.objects.filter(pk__in=keys).delete()[0]
    Operation.objects.filter(made_at__lt=last, changes=None).delete()
    return total
