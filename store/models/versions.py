"""Cache versions: what is cached holds as long as its version in the database stays."""

from collections.abc import Callable, Iterable
from secrets import randbelow
from typing import Any, ClassVar, TypeVar

from django.db import connections, models, router, transaction
from django.dispatch import Signal

from storefront.models import PartialUpdateModel

from ..compiled import compiled_select, compiled_update

M = TypeVar("M", bound="Versioned")
F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")

# What was sold, for reports.
SALES = "sales"
# Everything that the catalogue shows, except the stock: a cached response compares that itself.
CATALOG = "catalog"
# Which products there are, and in which collection: what is counted.
ASSORTMENT = "assortment"

MAX_VALUE = 2**63 - 1


class VersionQuerySet(models.QuerySet["Version"]):
    def invalidate(self, *scopes: str) -> None:
        """Give each scope a new version, in the transaction that changes its rows."""
        with transaction.atomic(using=self.db, savepoint=False):
            for scope in scopes:
                # Any of its rows will do. A row that another transaction has locked is skipped, so that
                # writers neither wait nor deadlock here, whatever else they lock before or after.
                skips = connections[self.db].features.has_select_for_update_skip_locked
                free = free_row.rows(self.db, scope=scope, skip_locked=skips)
                if not free:
                    self.create(scope=scope)
                else:
                    set_value(self.db, pk=free[0][0], value=new_value())

    def current(self, *scopes: str) -> tuple[int, ...]:
        """Return values that no two states of the scopes have in common, in one query of a few rows."""
        return tuple(self.filter(scope__in=scopes).order_by("pk").values_list("value", flat=True))


@compiled_select(scope=models.CharField())
def free_row(scope: Any, skip_locked: bool) -> models.QuerySet:
    rows = Version.objects.filter(scope=scope).select_for_update(skip_locked=skip_locked)
    return rows.order_by("pk").values_list("pk")[:1]


@compiled_update(pk=models.BigIntegerField(), value=models.BigIntegerField())
def set_value(pk: Any, value: Any) -> Any:
    return Version.objects.filter(pk=pk), {"value": value}


def new_value() -> int:
    # Not seeded alike in forked processes or by a test run.
    return randbelow(MAX_VALUE + 1)


class Version(PartialUpdateModel):
    """A part of the version of a scope; a random number never comes again, unlike a counter."""

    scope = models.CharField(max_length=16, db_index=True)
    value = models.BigIntegerField(default=new_value)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["scope", "id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.scope}: {self.value}"


def writing_method(**attributes: bool) -> Callable[[F], F]:
    """Give a method of a queryset that writes the attributes that Django gives its own."""

    def decorate(method: F) -> F:
        method.__dict__.update(attributes, alters_data=True)
        return method

    return decorate


class VersionedQuerySet(models.QuerySet[M]):
    """Invalidates what is cached with every write, in its transaction, so that no caller can forget."""

    # These two are what Model.save() calls, on the base manager.
    @writing_method(queryset_only=False)
    def _insert(self, *args: Any, **kwargs: Any) -> Any:
        parent: Any = super()
        return self._invalidating(
            lambda: announce_new(self.model, args[0], parent._insert(*args, **kwargs), kwargs)
        )

    @writing_method(queryset_only=False)
    def _update(self, values: Any) -> int:
        parent: Any = super()
        names = [field.name for field, _, _ in values]
        write = announced(self, "updated", names, lambda: parent._update(values))
        return self._invalidating(write, names)

    @writing_method()
    def update(self, **kwargs: Any) -> int:
        update = super().update
        names = [self.model._meta.get_field(name).name for name in kwargs]
        write = announced(self, "updated", names, lambda: update(**kwargs))
        return self._invalidating(write, names)

    @writing_method(queryset_only=True)
    def delete(self) -> tuple[int, dict[str, int]]:
        return self._invalidating(announced(self, "deleted", (), super().delete))

    def _invalidating(self, write: Callable[[], R], names: Iterable[str] | None = None) -> R:
        return invalidating(self.model, self.db, write, names)


class Versioned(PartialUpdateModel):
    """A row that the catalogue shows; its base manager, through which save() writes, is a VersionedQuerySet's."""

    # Fields whose change invalidates the assortment too.
    assortment_fields: ClassVar[frozenset[str]] = frozenset()
    # Fields whose change invalidates nothing.
    unversioned_fields: ClassVar[frozenset[str]] = frozenset()
    # What other apps are told of a write by, in its transaction.
    changing: ClassVar[Signal | None] = None

    class Meta:
        abstract = True

    def delete(
        self, using: str | None = None, keep_parents: bool = False
    ) -> tuple[int, dict[str, int]]:
        using = using or router.db_for_write(type(self), instance=self)
        delete = super().delete
        rows = type(self)._base_manager.using(using).filter(pk=self.pk)
        write = announced(rows, "deleted", (), lambda: delete(using, keep_parents))
        return invalidating(type(self), using, write)

    @classmethod
    def scopes_of(cls, names: Iterable[str] | None) -> tuple[str, ...]:
        """Return the scopes that a write of these fields invalidates; None: of a whole row."""
        changed = {*names} if names is not None else {f.name for f in cls._meta.concrete_fields}
        if changed <= cls.unversioned_fields:
            return ()
        return (CATALOG,) if cls.assortment_fields.isdisjoint(changed) else (ASSORTMENT, CATALOG)


def invalidating(
    model: type[Versioned], using: str, write: Callable[[], R], names: Iterable[str] | None = None
) -> R:
    """Write, then invalidate the scopes that the written fields of a model belong to, in one transaction."""
    scopes = model.scopes_of(names)
    if not scopes and not model.changing:
        return write()
    # With a savepoint: a refusal, such as of a row that others need, leaves the caller's transaction whole.
    with transaction.atomic(using=using, savepoint=bool(scopes)):
        result = write()
        if scopes:
            Version.objects.using(using).invalidate(*scopes)
        return result


def announced(
    rows: Any, action: str, names: Iterable[str], write: Callable[[], R]
) -> Callable[[], R]:
    """Return a write that tells other apps of it before, and after if they ask for it."""
    signal: Signal | None = rows.model.changing

    def run() -> R:
        if signal is None:
            return write()
        told: Any = signal.send(
            sender=rows.model, rows=rows, action=action, fields=frozenset(names)
        )
        result = write()
        for _, after in told:
            if after:
                after()
        return result

    return run


def announce_new(model: type[Versioned], rows: Iterable[Any], result: R, options: Any) -> R:
    """Tell other apps of new rows, whose keys the database may have made, and return what it returned."""
    if model.changing is None:
        return result
    returned = [field.attname for field in options.get("returning_fields") or ()]
    place = returned.index(model._meta.pk.attname) if model._meta.pk.attname in returned else None
    made: Any = result if place is not None else ()
    keys = {row.pk for row in rows} | {values[place] for values in made}
    found = model._base_manager.filter(pk__in=keys - {None})
    fields = frozenset(field.name for field in model._meta.concrete_fields)
    model.changing.send(sender=model, rows=found, action="created", fields=fields)
    return result


def invalidate_sales() -> None:
    """Invalidate cached reports: what was sold has changed."""
    Version.objects.invalidate(SALES)


def invalidate_catalog() -> None:
    """Invalidate what is cached of the catalogue, after plain SQL or a write that bypasses the querysets."""
    Version.objects.invalidate(ASSORTMENT, CATALOG)
