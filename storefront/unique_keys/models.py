from collections.abc import Collection, Iterable
from typing import Any, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from storefront.models import PartialUpdateModel

from .fields import UniqueKeyField, digest_fields, refusals
from .lookups import Exactly

M = TypeVar("M", bound=models.Model)


class UniqueKeyQuerySet(models.QuerySet[M]):
    """Writes the digests with their texts, also where no instance is saved."""

    def update(self, **kwargs: Any) -> int:
        for field in digest_fields(self.model):
            if field.source in kwargs and field.name not in kwargs:
                text = kwargs[field.source]
                # What an expression makes is known to the database alone; `migrate` fills the key in.
                is_text = text is None or isinstance(text, str)
                kwargs[field.name] = field.digest(text) if is_text else None
        return super().update(**kwargs)

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], *args: Any, **kw: Any) -> int:
        rows, names = list(objs), [*fields]
        for field in digest_fields(self.model):
            if field.source in names:
                names.append(field.name)
                for row in rows:
                    field.pre_save(row, False)
        return super().bulk_update(rows, dict.fromkeys(names), *args, **kw)

    def has_text(self, source: str, *texts: str) -> Q:
        """Return the condition of having one of these texts, by the key or letter by letter."""
        field = unique_key(self.model, source)
        found = Q(**{f"{field.name}__in": {field.digest(text) for text in texts}})
        for text in texts:
            found |= Q(**{f"{source}__{Exactly.lookup_name}": text})
        return found

    def closest(self, source: str, *texts: str) -> M:
        """Return the row with the first of these texts exactly as it is written, or else in another spelling.

        Raises DoesNotExist.
        """
        rows = list(self.filter(self.has_text(source, *texts)))
        exact = {getattr(row, source): row for row in reversed(rows)}
        for text in texts:
            if text in exact:
                return exact[text]
        if not rows:
            raise cast(Any, self.model).DoesNotExist
        return rows[0]


class UniqueKeyModel(PartialUpdateModel):
    """A row whose texts are compared by their keys when it is validated, not by the collation."""

    class Meta:
        abstract = True

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """Raise ValidationError by field for what is taken."""
        excluded = set(exclude or ())
        sources = {field.source for field in digest_fields(type(self))}
        errors: dict[str, Any] = {}
        try:
            super().validate_unique(exclude=excluded | sources)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for source in sorted(sources - excluded):
            if reasons := refusals(type(self), source, getattr(self, source), pk=self.pk):
                errors.setdefault(source, []).extend(
                    ValidationError(reason, code="unique") for reason in reasons
                )
        if errors:
            raise ValidationError(errors)


def unique_key(model: type[models.Model], source: str) -> UniqueKeyField:
    """Return the field that holds the key of another one."""
    return next(
        field
        for field in digest_fields(model)
        if isinstance(field, UniqueKeyField) and field.source == source
    )
