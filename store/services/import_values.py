"""Values of rows as an import keeps them, which is as JSON has them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from ..models import ImportKind
from ..resources import (
    CollectionResource,
    CustomerResource,
    ProductResource,
    SheetResource,
    StockResource,
)

RESOURCES: Mapping[str, type[SheetResource]] = {
    ImportKind.PRODUCTS: ProductResource,
    ImportKind.STOCK: StockResource,
    ImportKind.COLLECTIONS: CollectionResource,
    ImportKind.CUSTOMERS: CustomerResource,
}


def plain(field: Any, value: Any) -> Any:
    """Return a value of a field as JSON has it, alike for all that the column holds as one."""
    match value:
        case Decimal():
            return str(value.quantize(Decimal(1).scaleb(-field.decimal_places)))
        case date():
            return value.isoformat()
        case _:
            return value


def restored(field: Any, value: Any) -> Any:
    """Return what `plain` was given."""
    return field.target_field.to_python(value) if field.is_relation else field.to_python(value)


def plain_values(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Return the values of some fields of a row."""
    fields: list[Any] = [row._meta.get_field(name) for name in names]
    return {field.name: plain(field, getattr(row, field.attname)) for field in fields}


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], *, is_new: bool
) -> dict[str, list[Any]]:
    """Return pairs of the values that differ, by field; of a new row those that it has."""
    if is_new:
        return {name: [None, value] for name, value in after.items() if value not in (None, "")}
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}
