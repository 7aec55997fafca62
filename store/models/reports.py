from random import SystemRandom

from django.db import connections, models

SHARDS = 16
MAX_STAMP = 2**63 - 1

# Not seeded alike in forked processes or by a test run.
random = SystemRandom()


class SalesVersionQuerySet(models.QuerySet["SalesVersion"]):
    def renew(self) -> None:
        """Make the version a new one, as part of the transaction that changes what was sold."""
        # One of several rows, so that sales do not queue up behind each other; an upsert, as a row
        # that is missing must not break the transaction.
        row = self.model(shard=random.randrange(SHARDS), stamp=random.randint(0, MAX_STAMP))
        names_target = connections[self.db].features.supports_update_conflicts_with_target
        self.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["shard"] if names_target else None,
            update_fields=["stamp"],
        )

    def current(self) -> tuple[int, ...]:
        """Return what no two states of the sales have in common, in one query of a few rows."""
        return tuple(self.order_by("shard").values_list("stamp", flat=True))


class SalesVersion(models.Model):
    """A part of the version under which reports are cached; a random number never comes again."""

    shard = models.PositiveSmallIntegerField(primary_key=True)
    stamp = models.BigIntegerField()

    objects = SalesVersionQuerySet.as_manager()

    class Meta:
        ordering = ["shard"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.shard}: {self.stamp}"
