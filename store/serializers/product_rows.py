"""From rows to the JSON of many products, past model instances; ProductSerializer describes the result."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.core.files.storage import default_storage

from ..models import Product, ProductImage, Promotion
from ..models.statements import Statement
from ..money import with_tax
from .promotions import PromotionSerializer

Row = Sequence[Any]

COLUMNS = ("id", "title", "description", "slug", "inventory", "unit_price", "collection_id")
# Pictures whose addresses are remembered; to spell one takes as long as to read its row.
URLS = 10_000


class ProductRows:
    """Spells products as a visitor sees them while these promotions run, best first."""

    def __init__(self, promotions: Iterable[Promotion]) -> None:
        self.promotions = {promotion.pk: promotion for promotion in promotions}
        self.ranks = {key: rank for rank, key in enumerate(self.promotions)}
        self.bodies = {
            key: dict(PromotionSerializer(promotion).data)
            for key, promotion in self.promotions.items()
        }
        self.url = lru_cache(URLS)(default_storage.url) if links_last() else default_storage.url

    def spelled(self, rows: Sequence[Row], address: str) -> list[dict[str, Any]]:
        """Return a body for each row of COLUMNS; the address is the shop's, for links to pictures."""
        ids = [row[0] for row in rows]
        images = self.images(ids, address)
        best = self.best_promotions(ids)
        return [self.product(row, best.get(row[0]), images[row[0]]) for row in rows]

    def product(self, row: Row, promotion_id: int | None, images: list[Any]) -> dict[str, Any]:
        key, title, description, slug, inventory, unit_price, collection_id = row
        price = unit_price
        if promotion_id is not None:
            price = self.promotions[promotion_id].applied_to(unit_price)
        return {
            "id": key,
            "title": title,
            "description": description,
            "slug": slug,
            "inventory": inventory,
            "unit_price": float(unit_price),
            "price_with_tax": float(with_tax(unit_price)),
            "price": float(price),
            "promotion": None if promotion_id is None else self.bodies[promotion_id],
            "collection": collection_id,
            "images": images,
        }

    def images(self, ids: Sequence[int], address: str) -> dict[int, list[dict[str, Any]]]:
        found: dict[int, list[dict[str, Any]]] = {key: [] for key in ids}
        for product_id, key, name in images_of(len(ids)).rows(ids):
            url = self.url(name) if name else None
            # Storages outside of the shop name their own host.
            image = f"{address}{url}" if url and url.startswith("/") else url
            found[product_id].append({"id": key, "image": image})
        return found

    def best_promotions(self, ids: Sequence[int]) -> dict[int, int]:
        """Return the promotion that prices each product, where one does."""
        best: dict[int, int] = {}
        if not self.promotions:
            return best
        for product_id, key in promotions_of(len(ids)).rows(ids):
            if key in self.ranks and (
                product_id not in best or self.ranks[key] < self.ranks[best[product_id]]
            ):
                best[product_id] = key
        return best


def links_last() -> bool:
    """Tell whether the address of a picture can be kept: a signed one expires."""
    return not getattr(default_storage, "querystring_auth", False)


@lru_cache(maxsize=128)
def images_of(products: int) -> Statement:
    """Return what reads the pictures of so many products; run it with their ids."""
    images = ProductImage.objects.filter(product__in=range(1, products + 1))
    return Statement(images.values_list("product_id", "id", "image"))


@lru_cache(maxsize=128)
def promotions_of(products: int) -> Statement:
    """Return what reads the promotions of so many products; run it with their ids."""
    links = Product.promotions.through.objects.filter(product__in=range(1, products + 1))
    return Statement(links.values_list("product_id", "promotion_id"))
