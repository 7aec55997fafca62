from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .vocabulary import MATERIALS


@dataclass(frozen=True)
class Kind:
    """A kind of thing on sale: its words, the price of the plain one, and its picture."""

    noun: str
    price: int
    materials: Sequence[str]
    finishes: Sequence[str]
    sizes: Mapping[str, float]
    text: str
    # Shapes for `pictures.draw`, on a sheet of 100 x 100.
    drawing: str


@dataclass(frozen=True)
class Design:
    """One kind in one material, finish and size: what a title is made of."""

    kind: Kind
    material: str
    finish: str
    size: str
    # The number of its picture in the collection.
    picture: int

    @property
    def title(self) -> str:
        return f"{self.material} {self.kind.noun}{self.finish}{self.size}"

    @property
    def price(self) -> float:
        return self.kind.price * MATERIALS[self.material][0] * self.kind.sizes[self.size]


@dataclass(frozen=True)
class Assortment:
    """A collection: what is in it, what goes for all of it, and the colours of its pictures."""

    title: str
    stem: str
    kinds: Sequence[Kind]
    notes: Sequence[str]
    tags: Sequence[str]
    # Sheet, patch behind the thing, main, second and third colour.
    palette: Sequence[str]

    def designs(self) -> Iterator[Design]:
        for picture, kind in enumerate(self.kinds, start=1):
            for material in kind.materials:
                for finish in kind.finishes:
                    for size in kind.sizes:
                        yield Design(kind, material, finish, size, picture)
