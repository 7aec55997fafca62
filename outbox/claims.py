"""Rows of work that is due at a time, of which each is claimed by one worker."""

from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone

from storefront.models import PartialUpdateModel

C = TypeVar("C", bound=models.Model)

# What the column holds on every database.
MAX_ATTEMPTS = 32_767


class ClaimableQuerySet(models.QuerySet[C]):
    def due(self) -> Any:
        """Those to be done now: new, to be tried again, or left by a worker that died."""
        return self.filter(due_at__lte=timezone.now())

    def finished(self) -> Any:
        """Those done or given up."""
        return self.filter(due_at=None)

    def claim(self, pk: int) -> bool:
        """Take a due row for OUTBOX_LEASE; False where another worker has it or it is done."""
        until = timezone.now() + settings.OUTBOX_LEASE
        # A row that takes every worker along is tried for longer than the column counts.
        attempts = Least(F("attempts") + 1, MAX_ATTEMPTS)
        return bool(self.due().filter(pk=pk).update(due_at=until, attempts=attempts))


class Claimable(PartialUpdateModel):
    # When to try next; null once it is done or given up.
    due_at = models.DateTimeField(null=True, default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
