from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from django.db import DataError, OperationalError, models
from django.db.models import Q, signals

from storefront.character_sets import character_refused

Canonical = Callable[[str], str]


class DigestField(models.CharField):
    """SHA-256 of the canonical form of another field's text; it is written with that field.

    Null: of no text, or of a row that was loaded by plain SQL and awaits the next `migrate`.
    """

    def __init__(self, source: str, canonical: Canonical, **kwargs: Any) -> None:
        self.source, self.canonical = source, canonical
        self.derived_from = (source,)
        # Not serialised: a dump loads into whatever shop, which makes its own.
        fixed = {"max_length": 64, "null": True, "editable": False, "serialize": False}
        super().__init__(**kwargs | fixed)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "null", "editable", "serialize"):
            kwargs.pop(fixed, None)
        return name, path, [self.source, self.canonical, *args], kwargs

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            signals.pre_save.connect(self.fill_raw, sender=cls)

    def digest(self, text: str | None) -> str | None:
        if text is None:
            return None
        return sha256(self.canonical(text).encode(errors="surrogatepass")).hexdigest()

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        value = self.value_for(model_instance, add=add)
        setattr(model_instance, self.attname, value)
        return value

    def value_for(self, row: models.Model, *, add: bool) -> str | None:
        return self.digest(getattr(row, self.source))

    def fill_raw(self, instance: models.Model, raw: bool, using: str, **kwargs: Any) -> None:
        """Make the digest of a row of a fixture, which is written as it is."""
        if raw:
            setattr(instance, self.attname, self.free_value_for(instance, using))

    def free_value_for(self, row: models.Model, using: str | None) -> str | None:
        return self.digest(getattr(row, self.source))

    def refusals(self, text: str, *, pk: Any = None) -> Iterable[str]:
        """Return why the row of this key must not have a text, in words for its person."""
        return []


class UniqueKeyField(DigestField):
    """A digest that no two rows share.

    Two rows whose texts became one when the column was added have none: their duplicates keep working, each by
    its exact spelling.
    """

    def __init__(self, source: str, canonical: Canonical, **kwargs: Any) -> None:
        super().__init__(source, canonical, **kwargs | {"unique": True})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("unique", None)
        return name, path, args, kwargs

    def value_for(self, row: models.Model, *, add: bool) -> str | None:
        digest = super().value_for(row, add=add)
        if add or getattr(row, self.attname) is not None:
            return digest
        # A stored row without a key: a duplicate, or loaded by plain SQL. It may be saved with its text as it is.
        rows = type(row)._base_manager.using(row._state.db)
        stored = rows.filter(pk=row.pk).values_list(self.source, flat=True).first()
        is_kept = stored == getattr(row, self.source)
        return self.free_value_for(row, row._state.db) if is_kept else digest

    def free_value_for(self, row: models.Model, using: str | None) -> str | None:
        """Return the key of a row, or None where another has it, or shares its text without a key."""
        text = getattr(row, self.source)
        return None if self.is_taken(text, pk=row.pk, using=using) else self.digest(text)

    def is_taken(self, text: str | None, *, pk: Any = None, using: str | None = None) -> bool:
        """Tell whether another row than that of this key has the text, in whatever spelling."""
        if text is None:
            return False
        by_key = Q(**{self.name: self.digest(text)})
        # Nearly as the canonical form compares; what comes back is looked at again.
        without_key = Q(**{f"{self.name}__isnull": True, f"{self.source}__iexact": text})
        others = self.model._base_manager.using(using).filter(by_key | without_key).exclude(pk=pk)
        wanted = self.canonical(text)
        try:
            texts = list(others.values_list(self.source, flat=True))
        # A text that no column takes, such as one with NUL, nobody has; it is refused for that.
        except (TypeError, ValueError, DataError):
            return False
        except OperationalError as error:
            if character_refused(error):
                return False
            raise
        return any(other is not None and self.canonical(other) == wanted for other in texts)

    def refusals(self, text: str, *, pk: Any = None) -> Iterable[str]:
        if self.is_taken(text, pk=pk):
            yield self.model().unique_error_message(self.model, (self.source,)).messages[0]


def digest_fields(model: type[models.Model]) -> list[DigestField]:
    """Return the fields of a model, or of its state in a migration, that hold a digest."""
    return [field for field in model._meta.concrete_fields if isinstance(field, DigestField)]


def refusals(model: type[models.Model], source: str, text: str, *, pk: Any = None) -> list[str]:
    """Return why the row of this key must not have a text in a field."""
    fields = [field for field in digest_fields(model) if field.source == source]
    return [reason for field in fields for reason in field.refusals(text, pk=pk)]
