from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.contrib import admin
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.forms import Field as FormField
from django.forms import ModelForm, Widget
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from storefront.admin.actions import confirmed_action
from storefront.admin.options import ConcurrentEditInline

from ..exceptions import CollectionNotEmpty, ProductInOrders
from ..models import Collection, Order, Product, ProductImage
from ..models.catalog import ProductQuerySet
from ..models.searching import SEARCHED_TEXTS
from ..search import terms_of
from ..services.catalog import delete_collection, delete_product
from ..services.transactions import retrying_transaction
from .amounts import PriceField
from .deletion import ServiceDeletionAdmin
from .exports import ExportingAdmin
from .lists import LongListAdmin


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
        return [("low", "Low")]

    def queryset(self, request: HttpRequest, queryset: Any) -> ProductQuerySet:
        return queryset.low_on_stock() if self.value() == "low" else queryset


class StoredPictureWidget(Widget):
    """The name of a stored file, which leads to it."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if not value:
            return SafeString()
        return format_html('<a href="{}">{}</a>', value.url, PurePath(value.name).name)


class StoredPictureField(FormField):
    """A picture is never replaced, since its address means one content for good.

    Nor is it judged again: one whose file is gone can still be deleted.
    """

    widget = StoredPictureWidget

    def clean(self, value: Any) -> None:
        # To a model form: nothing to assign.
        return None


class PictureForm(ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["image"] = StoredPictureField(required=False, disabled=True)


class ProductImageInline(ConcurrentEditInline, admin.TabularInline):
    model = ProductImage
    form = PictureForm
    fields = ["thumbnail", "image", "alt", "position"]
    readonly_fields = ["thumbnail"]
    extra = 0
    verbose_name = "picture"
    verbose_name_plural = "pictures"

    def thumbnail(self, picture: ProductImage) -> str:
        # One that was refused has no file under its name.
        if picture.pk is None:
            return ""
        return format_html(
            '<a href="{}"><img class="thumbnail" src="{}" alt="{}" loading="lazy"></a>',
            picture.image.url,
            default_storage.url(picture.thumbnail_name),
            picture.alt,
        )


@admin.register(Product)
class ProductAdmin(ExportingAdmin, LongListAdmin, ServiceDeletionAdmin):
    list_display = [
        "title",
        "unit_price",
        "inventory_status",
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
    actions = [*ServiceDeletionAdmin.actions, "clear_inventory", "publish", "unpublish"]
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
    readonly_fields = ["last_update"]
    autocomplete_fields = ["collection", "promotions"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [ProductImageInline]
    refusal = ProductInOrders

    class Media:
        css = {"all": ["store/admin/shop.css"]}

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> list[Any]:
        return self.fields if obj is None else [*self.fields, "last_update"]

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

    @admin.display(description="inventory", ordering="inventory")
    def inventory_status(self, product: Product) -> SafeString:
        low = product.is_low_on_stock
        return format_html(
            '<span class="stock stock-{}" title="{} in stock">{}</span>',
            "low" if low else "ok",
            product.inventory,
            "Low" if low else "OK",
        )

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
        return products.update(inventory=0, last_update=timezone.now())

    @confirmed_action(
        description="Publish",
        permissions=["change"],
        effect="will be shown to everybody",
        done=("%d product was published.", "%d products were published."),
        affects=lambda products: products.filter(is_published=False),
        in_transaction=retrying_transaction,
    )
    def publish(self, request: HttpRequest, products: ProductQuerySet) -> int:
        return products.update(is_published=True, last_update=timezone.now())

    @confirmed_action(
        description="Unpublish",
        permissions=["change"],
        effect="will be shown to staff alone, and cannot be ordered",
        done=("%d product was unpublished.", "%d products were unpublished."),
        affects=lambda products: products.filter(is_published=True),
        in_transaction=retrying_transaction,
    )
    def unpublish(self, request: HttpRequest, products: ProductQuerySet) -> int:
        return products.update(is_published=False, last_update=timezone.now())
