from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework import mixins, viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from storefront.filters import FilterBackend
from storefront.generics import PatchMixin

from ..filters import (
    ProductFilter,
    ProductQuery,
    ProductSearchFilter,
    StableOrderingFilter,
)
from ..models import Collection, Customer, Product, ProductImage
from ..models.freshness import catalog_state
from ..models.listings import Listing
from ..pagination import DefaultPagination
from ..serializers.catalog import (
    CollectionSerializer,
    ProductImageSerializer,
    ProductSerializer,
)
from ..services.catalog import delete_collection, delete_product
from .answers import Answer
from .catalog_memory import CatalogMemory, current_memory
from .personal_reads import PersonalReads
from .product_pages import PagePlan, one_product
from .schema.catalog import collection_schema, image_schema, product_schema
from .visitor_reads import VisitorReads, address_of


@product_schema
class ProductViewSet(PatchMixin, VisitorReads, PersonalReads):
    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    pagination_class = DefaultPagination
    filter_backends = [FilterBackend, ProductSearchFilter, StableOrderingFilter]
    filterset_class = ProductFilter
    search_fields = ["title", "description", "collection__title"]
    ordering_fields = ["unit_price", "last_update", "title"]
    ordering = ["title"]
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Product]:
        membership = Customer.objects.membership_of(self.request.user)
        return Product.objects.prefetch_related("images").priced_for(membership)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # One product is found by its id; to build the list's filters would be a quarter of the request.
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def visitor_read(self, request: HttpRequest, memory: CatalogMemory) -> Answer | None:
        return self.read_products(request, memory, membership=None)

    def read_products(
        self, request: HttpRequest | Request, memory: CatalogMemory, membership: str | None
    ) -> Answer | None:
        address, allow = address_of(request), ", ".join(self.allowed_methods)
        products = memory.products(membership)
        if self.action_map["get"] == "retrieve":
            return one_product(self.kwargs["pk"], products, address, allow)
        key = (address, request.path, request.META["QUERY_STRING"])
        plan = memory.plans.get(key)
        if plan is None:
            plan = self.page_plan(request, memory)
            if plan and ProductQuery.of(request.GET).is_own:
                memory.plans.put(key, plan)
        return plan.answer(products, address, allow) if plan else None

    def page_plan(self, request: HttpRequest | Request, memory: CatalogMemory) -> PagePlan | None:
        if not isinstance(request, Request):
            request = self.request = self.initialize_request(request)
        position = DefaultPagination().position(request)
        if position is None:
            return None
        number, size = position
        return PagePlan(
            self.listing(memory), url=request.build_absolute_uri(), number=number, size=size
        )

    def listing(self, memory: CatalogMemory) -> Listing:
        query = ProductQuery.of(self.request.query_params)
        return memory.listing(query, lambda: self.filter_queryset(Product.objects.all()))

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        paginator = self.paginator
        assert isinstance(paginator, DefaultPagination)
        paginator.page_through(self.listing(current_memory.of(catalog_state())))
        return paginator.paginate_queryset(queryset, self.request, self)

    def perform_create(self, serializer: BaseSerializer[Product]) -> None:
        created = serializer.save()
        serializer.instance = self.get_queryset().get(pk=created.pk)

    def perform_destroy(self, instance: Product) -> None:
        delete_product(product=instance)


@collection_schema
class CollectionViewSet(PatchMixin, VisitorReads, viewsets.ModelViewSet):
    queryset = Collection.objects.with_products_count()
    serializer_class = CollectionSerializer
    lookup_value_converter = "int"

    def perform_destroy(self, instance: Collection) -> None:
        delete_collection(collection=instance)


@image_schema
class ProductImageViewSet(
    VisitorReads,
    mixins.ListModelMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    queryset = ProductImage.objects.all()
    serializer_class = ProductImageSerializer
    parser_classes = [MultiPartParser, FormParser]
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[ProductImage]:
        product = get_object_or_404(Product, pk=self.kwargs["product_pk"])
        return super().get_queryset().filter(product=product)

    def perform_create(self, serializer: BaseSerializer[ProductImage]) -> None:
        serializer.save(product=get_object_or_404(Product, pk=self.kwargs["product_pk"]))
