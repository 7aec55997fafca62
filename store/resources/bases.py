from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from import_export.fields import Field
from import_export.resources import ModelResource
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from .widgets import EMPTY


class RowRefused(Exception):
    """A row of a sheet names no row of the shop, or more than one; by column, or "" of the whole row."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column, self.message = column, message


# Without the stubs of Django, whose classes the library fills in while it makes the class.
class SheetResource(ModelResource):
    """Columns of a sheet; of a row that is imported, what the cells say is assigned to an instance."""

    # Columns by which a row is found, the surest first.
    keys: ClassVar[tuple[str, ...]] = ("id",)
    # Columns that name rows and never change them.
    fixed_keys: ClassVar[frozenset[str]] = frozenset({"id"})
    # What a new row needs, None where none is made.
    required: ClassVar[tuple[str, ...] | None] = None
    # How the columns of other programs are called, by ours.
    aliases: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def model(cls) -> type[models.Model]:
        found: type[models.Model] = cls._meta.model
        return found

    def columns(self) -> dict[str, Field]:
        return {field.column_name: field for field in self.get_import_fields()}

    def written(self) -> list[str]:
        """Return the columns that an import writes."""
        columns = self.columns().items()
        return [
            name for name, field in columns if not field.readonly and name not in self.fixed_keys
        ]

    def model_field(self, column: str) -> Any:
        """Return the field of the model that a column is about."""
        return self.model()._meta.get_field(column)

    def is_nullable(self, column: str) -> bool:
        field = self.model_field(column)
        return bool(field.null or (field.blank and field.empty_strings_allowed))

    def emptied(self, column: str) -> Any:
        """Return what a field holds once it is emptied."""
        return None if self.model_field(column).null else ""

    def assign(
        self, instance: Any, cells: Mapping[str, str], related: Mapping[str, Any]
    ) -> list[list[str]]:
        """Assign what the cells say, and return pairs of a column and what is wrong there."""
        columns, written = self.columns(), self.written()
        named = {name: cell for name, cell in cells.items() if name in written and cell}
        errors: list[list[str]] = []
        for name, cell in named.items():
            if cell.casefold() == EMPTY and not self.is_nullable(name):
                errors.append([name, "This cannot be emptied."])
            else:
                errors += self.assign_cell(instance, columns[name], cell, related.get(name, {}))
        wrong = {name for name, _ in errors}
        return [*errors, *self.validated(instance, named.keys() - wrong)]

    def assign_cell(
        self, instance: Any, field: Field, cell: str, related: Mapping[str, Any]
    ) -> list[list[str]]:
        name = field.column_name
        if cell.casefold() == EMPTY:
            setattr(instance, self.model_field(name).attname, self.emptied(name))
            return []
        before = getattr(instance, field.attribute)
        try:
            self.import_field(field, instance, {name: cell}, related=related)
        except ValueError as error:
            return [[name, str(error)]]
        if same_text(before, getattr(instance, field.attribute)):
            setattr(instance, field.attribute, before)
        return []

    def validated(self, instance: Any, names: Collection[str]) -> list[list[str]]:
        """Return what the validators of these fields refuse; a relation was found by its own."""
        plain = {name for name in names if not self.model_field(name).is_relation}
        others = {field.name for field in instance._meta.fields} - plain
        try:
            instance.clean_fields(exclude=others)
        except ValidationError as error:
            return [
                [name, message]
                for name, messages in error.message_dict.items()
                for message in messages
            ]
        return []

    def prepare(self, rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
        """Look up what many rows relate to: by column, the keys of each text."""
        return {}

    def find(self, rows: Sequence[Mapping[str, str]]) -> list[Any]:
        """Return for each row its instance, None for a new one, or RowRefused."""
        raise NotImplementedError

    def complete(self, instance: Any) -> None:
        """Fill in what follows from the rest of a new row."""

    def claims(self, instance: Any, is_new: bool) -> list[str]:
        """Return what no other row of the sheet may name."""
        return [] if is_new else [f"id {instance.pk}"]

    def taken(self, instances: Sequence[Any]) -> dict[int, list[list[str]]]:
        """Return by place which of these rows take what another row of the shop has."""
        return {}

    def stored(self) -> Any:
        """Return the rows of the shop as an export shows them."""
        return self.model()._default_manager.all()

    def label(self, instance: Any) -> str:
        return str(instance)

    def load(self, instances: Sequence[Any]) -> None:
        """Load along what the cells of many rows show."""

    def missing(self, instance: Any) -> list[list[str]]:
        """Return what a new row lacks."""
        lacking = []
        for column in self.required or ():
            attribute = self.model_field(column).attname
            if getattr(instance, attribute, None) in (None, ""):
                lacking.append([column, "A new row needs it."])
        return lacking

    @classmethod
    def with_header(cls, name: str) -> str:
        """Return the column that a head of a sheet means."""
        column = "_".join(name.strip().lower().replace("-", " ").split())
        return cls.aliases.get(column, column)


def same_text(before: Any, after: Any) -> bool:
    """Tell whether two texts differ in nothing that survives a spreadsheet."""
    if not (isinstance(before, str) and isinstance(after, str)):
        return False
    return survivors(before) == survivors(after)


def survivors(text: str) -> str:
    return "\n".join(ILLEGAL_CHARACTERS_RE.sub("", text).splitlines()).strip()
