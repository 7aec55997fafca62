"""Changes of many products at once: shown before they are made, and one operation that can be taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple, Protocol

from django.core.exceptions import ValidationError
from django.utils import timezone

from history.operations import begun_operation
from history.relations import Relation

from ..exceptions import ProductsChanged
from ..models import Collection, Product
from ..money import HUNDREDTH, displayed, round_to_minor_unit
from .transactions import retrying_transaction

# Rows of one statement that gives each its own value.
OWN_VALUES = 500
# Rows that one statement reads.
CHUNK = 2000
# Products that one edit changes: more would outlast a request.
MOST_PRODUCTS = 20_000


class Edit(Protocol):
    """What is done to each of many products."""

    @property
    def label(self) -> str:
        """As the history tells it."""

    def read(self, keys: Sequence[int]) -> dict[int, Any]:
        """Return what of each product is to change, by key."""

    def new(self, value: Any) -> Any:
        """Return what becomes of it; raises ValidationError where the product cannot be so."""

    def write(self, changes: Mapping[int, Any]) -> None:
        """Write the new values, by key, in the caller's transaction."""

    def text(self, value: Any) -> str:
        """Return a value for people."""


class Change(NamedTuple):
    before: Any
    after: Any


class Preview(NamedTuple):
    """What an edit would do, by the keys of products."""

    changes: dict[int, Change]
    # Why not, of those that cannot change.
    refused: dict[int, str]
    # Of those that are so already.
    unchanged: int


def preview_edit(*, edit: Edit, keys: Sequence[int]) -> Preview:
    """Return what an edit would do to products; those that are gone are left out."""
    changes, refused, unchanged = {}, {}, 0
    for start in range(0, len(keys), CHUNK):
        for key, before in edit.read(keys[start : start + CHUNK]).items():
            try:
                after = edit.new(before)
            except ValidationError as error:
                refused[key] = error.messages[0]
                continue
            if after == before:
                unchanged += 1
            else:
                changes[key] = Change(before, after)
    return Preview(changes, refused, unchanged)


@retrying_transaction
def apply_edit(*, edit: Edit, changes: Mapping[int, Change], by: Any) -> int:
    """Make the changes that a preview has shown, as one operation; return their number.

    Raises ProductsChanged, and writes nothing, where a product is another by now.
    """
    keys = sorted(changes)
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        list(Product.objects.locked().filter(pk__in=part).values_list("pk"))
        now = edit.read(part)
        if any(key not in now or now[key] != changes[key].before for key in part):
            raise ProductsChanged
    with begun_operation(label=edit.label, by=by):
        edit.write({key: changes[key].after for key in keys})
    return len(keys)


def write_own_values(name: str, values: Mapping[int, Any]) -> None:
    """Write a value of its own into a field of each product."""
    now = timezone.now()
    rows = [Product(pk=key, last_update=now, **{name: value}) for key, value in values.items()]
    Product.objects.bulk_update(rows, [name, "last_update"], batch_size=OWN_VALUES)


def write_one_value(name: str, value: Any, keys: Sequence[int]) -> None:
    """Write the same value into a field of many products."""
    for start in range(0, len(keys), CHUNK):
        rows = Product.objects.filter(pk__in=keys[start : start + CHUNK])
        rows.update(**{name: value}, last_update=timezone.now())


def read_field(name: str, keys: Sequence[int]) -> dict[int, Any]:
    return dict(Product.objects.order_by("pk").filter(pk__in=keys).values_list("pk", name))


# By their names: how a price that was computed is rounded, beyond the currency's minor unit.
ROUNDINGS: dict[str, tuple[str, Callable[[Decimal], Decimal]]] = {
    "unit": ("to the smallest coin", round_to_minor_unit),
    "whole": ("to whole amounts", lambda price: price.quantize(Decimal(1), ROUND_HALF_UP)),
    "99": ("to the nearest .99", lambda price: ending(price, Decimal("0.99"))),
    "95": ("to the nearest .95", lambda price: ending(price, Decimal("0.95"))),
}


def ending(price: Decimal, end: Decimal) -> Decimal:
    """Return the price that ends so and is nearest, the higher one of two."""
    return (price - end).quantize(Decimal(1), ROUND_HALF_UP) + end


@dataclass(frozen=True)
class PriceEdit:
    """Raises or, below zero, lowers prices by a percentage or by an amount."""

    percent: Decimal | None = None
    amount: Decimal | None = None
    rounding: str = "unit"

    @property
    def label(self) -> str:
        by = f"{self.percent:+g} %" if self.percent is not None else f"{self.amount:+}"
        return f"Prices {by}, rounded {ROUNDINGS[self.rounding][0]}"

    def read(self, keys: Sequence[int]) -> dict[int, Any]:
        return read_field("unit_price", keys)

    def new(self, value: Decimal) -> Decimal:
        change = value * self.percent / 100 if self.percent is not None else self.amount
        price = ROUNDINGS[self.rounding][1](value + (change or Decimal(0)))
        if price == value:
            return value
        field: Any = Product._meta.get_field("unit_price")
        price = price.quantize(HUNDREDTH)
        field.run_validators(price)
        return price

    def write(self, changes: Mapping[int, Any]) -> None:
        write_own_values("unit_price", changes)

    def text(self, value: Decimal) -> str:
        return str(displayed(value))


@dataclass(frozen=True)
class CollectionEdit:
    """Moves products to a collection."""

    collection: Collection

    @property
    def label(self) -> str:
        return f"Moved to the collection {self.collection}"

    def read(self, keys: Sequence[int]) -> dict[int, Any]:
        return read_field("collection", keys)

    def new(self, value: int) -> int:
        return self.collection.pk

    def write(self, changes: Mapping[int, Any]) -> None:
        write_one_value("collection", self.collection, [*changes])

    def text(self, value: int) -> str:
        return str(Collection.objects.filter(pk=value).first() or value)


@dataclass(frozen=True)
class RelationEdit:
    """Adds products to something that a product has many of, such as a promotion, or takes them from it."""

    relation: Relation
    # One end of it.
    other: Any
    is_added: bool

    @property
    def label(self) -> str:
        name = self.other._meta.verbose_name
        return f"{'Added to' if self.is_added else 'Taken from'} the {name} {self.other}"

    def read(self, keys: Sequence[int]) -> dict[int, Any]:
        present = self.relation.present(keys)
        return {
            key: self.other.pk in present.get(key, ())
            for key in Product.objects.order_by("pk")
            .filter(pk__in=keys)
            .values_list("pk", flat=True)
        }

    def new(self, value: bool) -> bool:
        return self.is_added

    def write(self, changes: Mapping[int, Any]) -> None:
        keys, write = [*changes], self.relation.add if self.is_added else self.relation.remove
        for start in range(0, len(keys), CHUNK):
            write(self.other.pk, keys[start : start + CHUNK])

    def text(self, value: bool) -> str:
        return str(self.other) if value else "—"


@dataclass(frozen=True)
class PublicationEdit:
    """Shows products to everybody, or to staff alone."""

    is_published: bool

    @property
    def label(self) -> str:
        return "Published" if self.is_published else "Unpublished"

    def read(self, keys: Sequence[int]) -> dict[int, Any]:
        return read_field("is_published", keys)

    def new(self, value: bool) -> bool:
        return self.is_published

    def write(self, changes: Mapping[int, Any]) -> None:
        write_one_value("is_published", self.is_published, [*changes])

    def text(self, value: bool) -> str:
        return "published" if value else "not published"
