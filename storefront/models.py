"""What every row of the project has in common."""

from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple, Self, TypeVar

from django.core.files import File
from django.db import DatabaseError, connections, models, router, transaction
from django.db.models import signals
from django.db.models.base import ModelState
from django.utils import timezone

from .pending_commits import PendingCommit, pending_commit

R = TypeVar("R", bound=models.Model)

set_attribute = object.__setattr__
# Fields whose values can change without an assignment, such as `picture.image.name = "..."`.
MUTABLE_FIELDS = (models.FileField, models.JSONField)


class UncommittedSave(NamedTuple):
    """What a save wrote in a transaction that has yet to be committed."""

    commit: PendingCommit
    names: frozenset[str]
    is_insert: bool
    # The database made the key, which may be another row's after a rollback.
    has_made_key: bool


class PartialUpdateModel(models.Model):
    """A row whose save() writes the fields that were assigned since it was read, not the whole row.

    Two people who change two fields of one row at the same moment both keep what they wrote, whoever
    calls save(): forms, serializers and libraries included.
    """

    class Meta:
        abstract = True

    def __setattr__(self, name: str, value: Any) -> None:
        # Past super(), which would be half the time: every field of every row that is read comes by here.
        set_attribute(self, name, value)
        if not self._state.adding:
            self._assigned.add(name)

    def __getstate__(self) -> dict[str, Any]:
        # A copy of the row is changed apart from it.
        own = {"_assigned_names": set, "_uncommitted_saves": list, "_read_values": dict}
        state = super().__getstate__()
        return state | {name: kind(state[name]) for name, kind in own.items() if name in state}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert a new row, or write what was assigned to a stored one.

        Raises DoesNotExist where the stored row is gone: it is not inserted again.
        """
        self._revert_rolled_back_saves()
        named = kwargs.get("update_fields", args[3] if len(args) > 3 else None)
        if named is not None:
            # Nobody asked for those that Django adds for deferred fields.
            kwargs["update_fields"] = self._with_derived(frozenset(named))
            args = args[:3]
        self.__dict__["_has_named_fields"] = named is not None
        try:
            super().save(*args, **kwargs)
        except DatabaseError as error:
            # Django says so of an update that met no row; the errors of the drivers have subclasses.
            if type(error) is not DatabaseError:
                raise
            using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
            if connections[using].in_atomic_block:
                # Nothing failed in the database: the caller's transaction may go on.
                transaction.set_rollback(False, using)
            raise type(self).DoesNotExist(f"The {self._meta.verbose_name} is gone.") from error

    def _save_table(
        self,
        raw: bool = False,
        cls: Any = None,
        force_insert: Any = False,
        force_update: bool = False,
        using: Any = None,
        update_fields: frozenset[str] | None = None,
    ) -> bool:
        """Write the row, or what was assigned to it until now, by receivers of pre_save too."""
        names = update_fields
        if not (raw or force_insert or self.__dict__.get("_has_named_fields")):
            assigned = self._assigned_fields(using)
            names = update_fields if assigned is None else assigned
        is_insert, key = self._state.adding, self.pk
        if names is not None and not names and not force_update:
            return True
        # Whose stubs know nothing of the steps of a save.
        parent: Any = super()
        updated: bool = parent._save_table(raw, cls, force_insert, force_update, using, names)
        self._record_save(using, self._columns(names), is_insert=is_insert, made_key=key is None)
        return updated

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any) -> Self:
        row = (
            super().from_db(db, field_names, values)
            if has_init_steps(cls)
            else stored_row(cls, db, field_names, values)
        )
        if mutable_columns(cls):
            row._record_mutable_values()
        return row

    @property
    def _assigned(self) -> set[str]:
        """The names that were assigned since the row was read or written, of fields and others."""
        names: set[str] = self.__dict__.setdefault("_assigned_names", set())
        return names

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: Any = None,
    ) -> None:
        """Read the row, or some of its fields, again; what was assigned to them is discarded."""
        self._revert_rolled_back_saves()
        before = self._assigned.copy()
        super().refresh_from_db(using, fields, from_queryset)
        self.__dict__["_assigned_names"] = before
        self._discard_assigned(self._columns() if fields is None else self._columns(fields))
        self._record_mutable_values()

    def _assigned_fields(self, using: str) -> frozenset[str] | None:
        """Return the fields that an update is limited to; None: it writes a row, not a change of one."""
        is_stored = self._state.db == using and not self._state.adding and self.pk is not None
        if not is_stored or {"pk", self._meta.pk.name, self._meta.pk.attname} & self._assigned:
            return None
        names = {
            field.name
            for field in self._meta.concrete_fields
            if not field.generated
            and ({field.name, field.attname} & self._assigned or self._is_mutated(field))
        }
        times = {f.name for f in self._meta.concrete_fields if getattr(f, "auto_now", False)}
        return self._with_derived(frozenset(names | times if names else ()))

    def _with_derived(self, names: frozenset[str]) -> frozenset[str]:
        """Add the fields whose values are made of these, which they name in `derived_from`."""
        return names.union(
            field.name
            for field in self._meta.concrete_fields
            if not names.isdisjoint(getattr(field, "derived_from", ()))
        )

    def _columns(self, names: Iterable[str] | None = None) -> frozenset[str]:
        """Return the names of some concrete fields, or of all and the key, with those of their columns."""
        wanted = None if names is None else set(names)
        found = {
            name
            for field in self._meta.concrete_fields
            if wanted is None or field.name in wanted or field.attname in wanted
            for name in (field.name, field.attname)
        }
        return frozenset(found | {"pk"} if wanted is None else found)

    def _discard_assigned(self, names: Iterable[str]) -> None:
        self._assigned.difference_update(names)

    def _record_save(
        self, using: str, names: frozenset[str], *, is_insert: bool, made_key: bool
    ) -> None:
        self._discard_assigned(names)
        self._record_mutable_values()
        commit = pending_commit(using) if names else None
        if commit is not None:
            saves = self.__dict__.setdefault("_uncommitted_saves", [])
            saves.append(UncommittedSave(commit, names, is_insert, made_key))

    def _revert_rolled_back_saves(self) -> None:
        """Count what a rollback has undone as assigned, but not written."""
        waiting = []
        for save in self.__dict__.pop("_uncommitted_saves", ()):
            if save.commit.is_rolled_back:
                if save.is_insert:
                    self._state.adding = True
                if save.has_made_key:
                    self.pk = None
                self._assigned.update(save.names - {"pk"})
            elif not save.commit.is_committed:
                waiting.append(save)
        if waiting:
            self.__dict__["_uncommitted_saves"] = waiting

    def _record_mutable_values(self) -> None:
        for name in mutable_columns(type(self)):
            if name in self.__dict__:
                read = self.__dict__.setdefault("_read_values", {})
                read[name] = deepcopy(plain(self.__dict__[name]))

    def _is_mutated(self, field: Any) -> bool:
        name, read = field.attname, self.__dict__.get("_read_values", {})
        return name in read and read[name] != plain(self.__dict__.get(name))


class FormSubmission(PartialUpdateModel):
    """A form of the admin that was saved, so that the same one sent again, as by a double click, is not."""

    # Of who sent what, under the token of one showing of the form.
    digest = models.CharField(max_length=64, unique=True)
    object_id = models.CharField(max_length=255, blank=True)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest


class HitCount(PartialUpdateModel):
    """How often something was done in a period; where Redis counts, none."""

    # Of the limit and of whom it counts.
    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


def has_init_steps(model: type[models.Model]) -> bool:
    """Tell whether a signal or a method takes part in making each row that is read."""
    return bool(
        signals.pre_init.receivers
        or signals.post_init.receivers
        or model.__init__ is not models.Model.__init__
    )


def stored_row(model: type[R], db: str | None, field_names: Iterable[str], values: Any) -> R:
    """Return a row as Model.from_db() does, in a third of the time: an eighth of a page of products."""
    row = model.__new__(model)
    state = ModelState()
    state.adding, state.db = False, db
    row.__dict__.update(zip(field_names, values, strict=True), _state=state)
    return row


@cache
def mutable_columns(model: type[models.Model]) -> tuple[str, ...]:
    fields = model._meta.concrete_fields
    return tuple(field.attname for field in fields if isinstance(field, MUTABLE_FIELDS))


def plain(value: Any) -> Any:
    """Return a value as its column holds it: of a file the name."""
    return value.name if isinstance(value, File) else value
