from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from django.conf import settings
from django.utils.text import slugify
from import_export.fields import Field

from storefront.supplied import supplied_as

from ..models import Collection, Product
from .bases import RowRefused, SheetResource
from .widgets import (
    AmountWidget,
    IdWidget,
    RelationWidget,
    TextWidget,
    TimeWidget,
    WholeNumberWidget,
    YesNoWidget,
    id_in,
)

SUPPLIED = supplied_as(settings.STORE_PRODUCT_FIELDS)
STOCK_ALIASES = {"stock": "inventory", "quantity": "inventory", "qty": "inventory"}
Cells = Mapping[str, str]


class FoundProducts:
    """The products that many rows name, asked for in a query of each key."""

    def __init__(self, rows: Sequence[Cells]) -> None:
        def named(column: str) -> set[str]:
            return {row[column] for row in rows if row.get(column)}

        ids = {key for key in map(id_in, named("id")) if key is not None}
        self.by_id = Product.objects.in_bulk(ids)
        with_sku = Product.objects.filter(sku__in=named("sku")).order_by()
        self.by_sku = {product.sku: product for product in with_sku}
        self.by_slug: dict[str, list[Product]] = defaultdict(list)
        for product in Product.objects.filter(slug__in=named("slug")).order_by():
            self.by_slug[product.slug].append(product)

    def with_id(self, cells: Cells) -> Product | None:
        """Return the product whose id a row has, None if it has none; raises RowRefused."""
        if not cells.get("id"):
            return None
        key = id_in(cells["id"])
        if key not in self.by_id:
            raise RowRefused("id", f"No product has the id {cells['id'][:40]}.")
        return self.by_id[key]

    def with_sku(self, cells: Cells) -> Product | None:
        return self.by_sku.get(cells.get("sku") or None)

    def with_slug(self, cells: Cells) -> Product | None:
        """Return the product whose slug a row has, if there is one; raises RowRefused."""
        found = self.by_slug.get(cells.get("slug", ""), [])
        if len(found) > 1:
            raise RowRefused("slug", f"{len(found)} products have this slug; write the id or SKU.")
        return found[0] if found else None


def refuse_other(product: Product, other: Product | None, column: str) -> None:
    if other is not None and other.pk != product.pk:
        raise RowRefused(
            column, f"This is product {other.pk}, but the row is about product {product.pk}."
        )


class ProductSheet(SheetResource):
    keys = ("id", "sku", "slug")
    aliases = STOCK_ALIASES

    def find(self, rows: Sequence[Cells]) -> list[Any]:
        found = FoundProducts(rows)
        return [self.find_one(found, cells) for cells in rows]

    def find_one(self, found: FoundProducts, cells: Cells) -> Any:
        try:
            if not any(cells.get(key) for key in self.keys):
                raise RowRefused("", "The row names no product: it needs an id, a SKU or a slug.")
            product = self.named(found, cells)
        except RowRefused as refusal:
            return refusal
        # A copy: two rows may name one product, which is told apart later.
        return copy(product) if product else None

    def named(self, found: FoundProducts, cells: Cells) -> Product | None:
        raise NotImplementedError


class StockResource(ProductSheet):
    """Stock and prices of products that are there; id, SKU and slug only name them."""

    fixed_keys = frozenset({"id", "sku", "slug"})

    id = Field(attribute="id", column_name="id", widget=IdWidget())
    sku = Field(attribute="sku", column_name="sku", widget=TextWidget())
    slug = Field(attribute="slug", column_name="slug", widget=TextWidget())
    inventory = Field(attribute="inventory", column_name="inventory", widget=WholeNumberWidget())
    unit_price = Field(attribute="unit_price", column_name="unit_price", widget=AmountWidget())

    class Meta:
        model = Product
        fields = ["id", "sku", "slug", "inventory", "unit_price"]

    def named(self, found: FoundProducts, cells: Cells) -> Product:
        sku, slug = cells.get("sku"), cells.get("slug")
        product = found.with_id(cells) or found.with_sku(cells)
        if product is None and sku:
            raise RowRefused("sku", f"No product has the SKU “{sku[:64]}”.")
        if product is None:
            product = found.with_slug(cells)
        if product is None:
            raise RowRefused("slug", f"No product has the slug “{(slug or '')[:64]}”.")
        if sku and product.sku != sku:
            raise RowRefused(
                "sku", f"Product {product.pk} has another SKU: {product.sku or 'none'}."
            )
        if slug and product.slug != slug:
            raise RowRefused("slug", f"Product {product.pk} has another slug: {product.slug}.")
        return product


class ProductResource(ProductSheet):
    """All that a sheet says of products; rows that name none make new ones."""

    required = ("title", "slug", "unit_price", "inventory", "collection")

    id = Field(attribute="id", column_name="id", widget=IdWidget())
    title = Field(attribute="title", column_name="title", widget=TextWidget())
    slug = Field(attribute="slug", column_name="slug", widget=TextWidget())
    sku = Field(attribute="sku", column_name="sku", widget=TextWidget())
    description = Field(attribute="description", column_name="description", widget=TextWidget())
    unit_price = Field(attribute="unit_price", column_name="unit_price", widget=AmountWidget())
    inventory = Field(attribute="inventory", column_name="inventory", widget=WholeNumberWidget())
    low_stock_threshold = Field(
        attribute="low_stock_threshold",
        column_name="low_stock_threshold",
        widget=WholeNumberWidget(),
    )
    collection = Field(
        attribute="collection_id", column_name="collection", widget=RelationWidget("collection")
    )
    is_published = Field(attribute="is_published", column_name="is_published", widget=YesNoWidget())
    tags = Field(attribute="tag_labels", column_name="tags", widget=TextWidget(), readonly=True)
    last_update = Field(
        attribute="last_update", column_name="last_update", widget=TimeWidget(), readonly=True
    )

    class Meta:
        model = Product
        fields = [
            *("id", "title", "slug", "sku", "description", "unit_price", "inventory"),
            *("low_stock_threshold", "collection", "is_published", "tags", "last_update"),
        ]

    def dehydrate_tags(self, product: Product) -> str:
        return ", ".join(product.__dict__.get("tag_labels", ()))

    def load(self, instances: Sequence[Product]) -> None:
        for field in SUPPLIED.values():
            field.load(instances)

    def named(self, found: FoundProducts, cells: Cells) -> Product | None:
        product = found.with_id(cells)
        by_sku = found.with_sku(cells)
        if product is not None:
            refuse_other(product, by_sku, "sku")
            return product
        if by_sku is not None:
            return by_sku
        by_slug = found.with_slug(cells)
        sku = cells.get("sku")
        if by_slug is not None and sku and by_slug.sku:
            # A SKU that is there already names a product; the slug names another one.
            raise RowRefused(
                "sku",
                f"No product has this SKU, and the one with the slug has another: {by_slug.sku}. "
                "Write the id to change the SKU, or another slug for a new product.",
            )
        return by_slug

    def prepare(self, rows: Iterable[Cells]) -> dict[str, Any]:
        named = {row["collection"] for row in rows if row.get("collection")}
        return {"collection": keys_by_text(Collection.objects.all(), "title", named)}

    def complete(self, instance: Product) -> None:
        if not instance.slug:
            instance.slug = slugify(instance.title)[:255]

    def claims(self, instance: Product, is_new: bool) -> list[str]:
        claims = super().claims(instance, is_new)
        if instance.sku:
            claims.append(f"SKU {instance.sku}")
        elif is_new:
            claims.append(f"slug {instance.slug}")
        return claims

    def taken(self, instances: Sequence[Product]) -> dict[int, list[list[str]]]:
        skus = {product.sku for product in instances if product.sku}
        owners = dict(Product.objects.filter(sku__in=skus).order_by().values_list("sku", "pk"))
        return {
            place: [["sku", f"Product {owners[product.sku]} has this SKU already."]]
            for place, product in enumerate(instances)
            if owners.get(product.sku, product.pk) != product.pk
        } | self.taken_slugs(instances)

    def taken_slugs(self, instances: Sequence[Product]) -> dict[int, list[list[str]]]:
        """Return which new products another one has the slug of, by which they would be found next time."""
        named = {p.slug for p in instances if p.pk is None and not p.sku and p.slug}
        slugs = Product.objects.filter(slug__in=named).order_by().values_list("slug", flat=True)
        taken = named & {*slugs}
        return {
            place: [["slug", "A product with this slug is there already."]]
            for place, product in enumerate(instances)
            if product.pk is None and not product.sku and product.slug in taken
        }


def keys_by_text(rows: Any, field: str, texts: set[str]) -> dict[str, list[int]]:
    """Return the keys of the rows that texts name, by an id or else by what a field says exactly."""
    ids = {text: key for text in texts if (key := id_in(text)) is not None}
    known = set(rows.filter(pk__in=ids.values()).order_by().values_list("pk", flat=True))
    found: dict[str, list[int]] = {text: [key] for text, key in ids.items() if key in known}
    named = defaultdict(list)
    for text, key in rows.filter(**{f"{field}__in": texts}).order_by().values_list(field, "pk"):
        named[text.strip()].append(key)
    return {**named, **found}
