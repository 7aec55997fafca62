from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.settings import api_settings

from storefront.filters import FilterBackend
from storefront.generics import PatchMixin
from storefront.permissions import holds

from ..filters import ProductFilter, ProductSearchFilter, StableOrderingFilter
from ..models import Collection, Customer, Product, ProductImage, Promotion
from ..models.catalog import ProductQuerySet, load_promotions
from ..models.searching import SEARCHED_TEXTS
from ..pagination import DefaultPagination
from ..serializers.catalog import (
    CollectionSerializer,
    ProductSerializer,
    StaffProductSerializer,
    load_supplied,
)
from ..serializers.images import ChangeProductImageSerializer, ProductImageSerializer
from ..serializers.promotions import RunningPromotionSerializer
from ..services.catalog import delete_collection, delete_product
from .finding import FacetsMixin, SuggestMixin
from .schema.catalog import collection_schema, image_schema, product_schema, promotion_schema

# Fields of a product that refer to something.
EXPANDABLE = {"collection"}


def shown_products(request: Request) -> ProductQuerySet:
    """Return the products that whoever asks may see, with all that a product shows them."""
    visible = Product.objects.visible_to(request.user)
    products = visible.with_images().with_ratings().loading(load_supplied)
    if "collection" in expanded(request):
        products = products.with_collections(visible)
    return products.priced_for(Customer.objects.membership_of(request.user))


def expanded(request: Request) -> set[str]:
    """Return the fields in whose place a reader asks for what they refer to, with `expand=`."""
    if request.method not in SAFE_METHODS:
        return set()
    asked = {name.strip() for name in request.query_params.get("expand", "").split(",")} - {""}
    if asked - EXPANDABLE:
        raise ValidationError({"expand": [f"It takes {', '.join(sorted(EXPANDABLE))}."]})
    return asked


def shows_whole(request: Request) -> bool:
    """Tell whether a response shows what staff alone read of a product; they alone write one."""
    return request.method not in SAFE_METHODS or holds(request.user, "store.view_product")


@product_schema
class ProductViewSet(PatchMixin, FacetsMixin, SuggestMixin, viewsets.ModelViewSet):
    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    pagination_class = DefaultPagination
    filter_backends = [FilterBackend, ProductSearchFilter, StableOrderingFilter]
    filterset_class = ProductFilter
    search_fields = [*SEARCHED_TEXTS, "collection__title"]
    ordering_fields = ["unit_price", "last_update", "title"]
    ordering = ["title"]
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Product]:
        return shown_products(self.request)

    def get_serializer_class(self) -> type[BaseSerializer]:
        # The document names the fields that some bodies leave out, too.
        is_whole = getattr(self, "swagger_fake_view", False) or shows_whole(self.request)
        return StaffProductSerializer if is_whole else super().get_serializer_class()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "expanded": expanded(self.request)}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # One product is found by its id, whatever else is asked.
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def perform_create(self, serializer: BaseSerializer[Product]) -> None:
        self.save_and_price(serializer)

    def perform_update(self, serializer: BaseSerializer[Product]) -> None:
        self.save_and_price(serializer)

    def save_and_price(self, serializer: BaseSerializer[Product]) -> None:
        """Save a product; its collection, which may be another now, decides which promotions it has."""
        product: Any = serializer.save()
        load_promotions([product], membership=Customer.objects.membership_of(self.request.user))

    def perform_destroy(self, instance: Product) -> None:
        delete_product(product=instance)


@collection_schema
class CollectionViewSet(PatchMixin, viewsets.ModelViewSet):
    queryset = Collection.objects.all()
    serializer_class = CollectionSerializer
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Collection]:
        counted = Product.objects.visible_to(self.request.user)
        return Collection.objects.with_products_count(counted)

    def perform_destroy(self, instance: Collection) -> None:
        delete_collection(collection=instance)

    @action(detail=True)
    def featured(self, request: Request, pk: Any) -> Response:
        """Read the product that staff chose for the collection."""
        key = get_object_or_404(Collection, pk=pk).featured_product_id
        product = get_object_or_404(shown_products(request), pk=key)
        kind = StaffProductSerializer if shows_whole(request) else ProductSerializer
        context = {**self.get_serializer_context(), "expanded": expanded(request)}
        return Response(kind(product, context=context).data)


@promotion_schema
class PromotionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Promotion.objects.all()
    serializer_class = RunningPromotionSerializer
    permission_classes = [AllowAny]

    def get_queryset(self) -> QuerySet[Promotion]:
        return Promotion.objects.running(Customer.objects.membership_of(self.request.user))


@image_schema
class ProductImageViewSet(PatchMixin, viewsets.ModelViewSet):
    queryset = ProductImage.objects.all()
    serializer_class = ProductImageSerializer
    parser_classes = [MultiPartParser, FormParser]
    lookup_value_converter = "int"

    def get_parsers(self) -> list[Any]:
        is_upload = self.request is not None and self.request.method == "POST"
        # A file comes in a form; what is written about it in JSON too.
        parsers: Any = self.parser_classes if is_upload else api_settings.DEFAULT_PARSER_CLASSES
        return [parser() for parser in parsers]

    def get_serializer_class(self) -> type[BaseSerializer]:
        is_change = self.action in ("update", "partial_update")
        return ChangeProductImageSerializer if is_change else ProductImageSerializer

    def get_queryset(self) -> QuerySet[ProductImage]:
        return super().get_queryset().filter(product=self.product())

    def product(self) -> Product:
        products = Product.objects.visible_to(self.request.user)
        return get_object_or_404(products, pk=self.kwargs["product_pk"])

    def perform_create(self, serializer: BaseSerializer[ProductImage]) -> None:
        serializer.save(product=self.product())
