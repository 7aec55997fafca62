from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Field as FormField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from history.operations import begun_operation
from storefront.admin.actions import confirmed_action

from ..exceptions import CollectionNotEmpty, ProductInOrders
from ..models import Collection, Order, Product
from ..models.catalog import ProductQuerySet
from ..models.searching import SEARCHED_TEXTS
from ..search import terms_of
from ..services.catalog import delete_collection, delete_product
from ..services.transactions import retrying_transaction
from .amounts import PriceField
from .badges import badge
from .bulk_edits import EDITS
from .deletion import ServiceDeletionAdmin
from .exports import ExportingAdmin
from .lists import LongListAdmin
from .pictures import PicturesMixin, ProductImageInline
from .product_history import ProductHistoryAdmin


@admin.register(Collection)
class CollectionAdmin(ExportingAdmin, LongListAdmin, ServiceDeletionAdmin):
    list_display = ["title", "products_count"]
    ordering = ["title", "id"]
    search_fields = ["title"]
    autocomplete_fields = ["featured_product"]
    refusal = CollectionNotEmpty

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        queryset: Any = super().get_queryset(request)
        return queryset.with_products_count()

    def delete_row(self, row: Collection) -> None:
        delete_collection(collection=row)

    def blockers(self, rows: Sequence[Collection]) -> QuerySet:
        return Product.objects.filter(collection__in=rows)

    @admin.display(description="products", ordering="products_count")
    def products_count(self, collection: Any) -> SafeString:
        url = reverse("admin:store_product_changelist")
        query = urlencode({"collection__id__exact": collection.pk})
        return format_html('<a href="{}?{}">{}</a>', url, query, collection.products_count)


class InventoryFilter(admin.SimpleListFilter):
    title = "inventory"
    parameter_name = "inventory"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("low", "Low"), ("out", "Sold out")]

    def queryset(self, request: HttpRequest, queryset: Any) -> ProductQuerySet:
        if self.value() == "low":
            return queryset.low_on_stock()
        return queryset.sold_out() if self.value() == "out" else queryset


@admin.register(Product)
class ProductAdmin(
    ExportingAdmin, PicturesMixin, ProductHistoryAdmin, LongListAdmin, ServiceDeletionAdmin
):
    list_display = [
        "title",
        "unit_price",
        "stock",
        "collection_title",
        "sku",
        "is_published",
    ]
    list_editable = ["unit_price"]
    list_filter = ["collection", "last_update", InventoryFilter, "is_published"]
    list_select_related = ["collection"]
    search_fields = [*SEARCHED_TEXTS, "collection__title"]
    search_help_text = (
        "Words of a product's title, SKU or description, or of its collection's title."
    )
    actions = [*ServiceDeletionAdmin.actions, *EDITS, "clear_inventory"]
    fields = [
        "title",
        "slug",
        "sku",
        "description",
        "unit_price",
        "inventory",
        "low_stock_threshold",
        "collection",
        "promotions",
        "is_published",
    ]
    readonly_fields = ["stock", "last_update"]
    autocomplete_fields = ["collection", "promotions"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [ProductImageInline]
    refusal = ProductInOrders

    class Media:
        css = {"all": ["store/admin/shop.css"]}

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> list[Any]:
        if obj is None:
            return self.fields
        behind = self.fields.index("inventory") + 1
        return [*self.fields[:behind], "stock", *self.fields[behind:], "last_update"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> FormField | None:
        if db_field.name == "unit_price":
            kwargs["form_class"] = PriceField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        """Find what the API's `search` finds."""
        return queryset.containing(terms_of(search_term)), False

    def delete_row(self, row: Product) -> None:
        delete_product(product=row)

    def blockers(self, rows: Sequence[Product]) -> QuerySet:
        return Order.objects.filter(items__product__in=rows).distinct()

    @admin.display(description="stock", ordering="inventory")
    def stock(self, product: Product) -> SafeString:
        if product.inventory == 0:
            return badge("bad", "Sold out")
        if product.is_low_on_stock:
            return badge("warn", f"{product.inventory} low", f"Fewer than {product.low_threshold}")
        return badge("ok", str(product.inventory))

    @admin.display(description="collection", ordering="collection__title")
    def collection_title(self, product: Product) -> str:
        return product.collection.title

    @confirmed_action(
        description="Clear inventory",
        permissions=["change"],
        effect="will have nothing in stock",
        done=(
            "The inventory of %d product was cleared.",
            "The inventory of %d products was cleared.",
        ),
        affects=lambda products: products.filter(inventory__gt=0),
        in_transaction=retrying_transaction,
    )
    def clear_inventory(self, request: HttpRequest, products: ProductQuerySet) -> int:
        with begun_operation(label="Inventory cleared", by=request.user):
            return products.update(inventory=0, last_update=timezone.now())
