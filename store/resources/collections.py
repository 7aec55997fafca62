from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from import_export.fields import Field

from ..models import Collection, Product
from .bases import RowRefused, SheetResource
from .products import keys_by_text
from .widgets import IdWidget, RelationWidget, TextWidget, id_in


class CollectionResource(SheetResource):
    """Collections by id, or else by title; a title that none has makes a new one."""

    keys = ("id", "title")
    required = ("title",)

    id = Field(attribute="id", column_name="id", widget=IdWidget())
    title = Field(attribute="title", column_name="title", widget=TextWidget())
    featured_product = Field(
        attribute="featured_product_id",
        column_name="featured_product",
        widget=RelationWidget("product", text="SKU"),
    )
    products_count = Field(attribute="products_count", column_name="products_count", readonly=True)

    class Meta:
        model = Collection
        fields = ["id", "title", "featured_product", "products_count"]

    def dehydrate_products_count(self, collection: Any) -> int:
        return getattr(collection, "products_count", 0)

    def stored(self) -> Any:
        return Collection.objects.with_products_count()

    def prepare(self, rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
        named = {row["featured_product"] for row in rows if row.get("featured_product")}
        return {"featured_product": keys_by_text(Product.objects.all(), "sku", named)}

    def find(self, rows: Sequence[Mapping[str, str]]) -> list[Any]:
        ids = {id_in(row["id"]) for row in rows if row.get("id")} - {None}
        titles = {row["title"] for row in rows if row.get("title") and not row.get("id")}
        by_id = Collection.objects.in_bulk(ids)
        by_title = defaultdict(list)
        for collection in Collection.objects.filter(title__in=titles).order_by():
            by_title[collection.title].append(collection)
        return [find_one(cells, by_id, by_title) for cells in rows]

    def claims(self, instance: Collection, is_new: bool) -> list[str]:
        return [f"title {instance.title}"] if is_new else super().claims(instance, is_new)

    def taken(self, instances: Sequence[Collection]) -> dict[int, list[list[str]]]:
        titles = {row.title for row in instances if row.pk is None}
        known = Collection.objects.filter(title__in=titles).order_by()
        taken = titles & {*known.values_list("title", flat=True)}
        return {
            place: [["title", "A collection with this title is there already."]]
            for place, row in enumerate(instances)
            if row.pk is None and row.title in taken
        }


def find_one(cells: Mapping[str, str], by_id: Any, by_title: Any) -> Any:
    if cells.get("id"):
        found = by_id.get(id_in(cells["id"]))
        return copy(found) if found else RowRefused("id", "No collection has this id.")
    if not cells.get("title"):
        return RowRefused("", "The row names no collection: it needs an id or a title.")
    titled = by_title.get(cells["title"], [])
    if len(titled) > 1:
        return RowRefused("title", f"{len(titled)} collections have this title; write the id.")
    return copy(titled[0]) if titled else None
