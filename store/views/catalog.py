from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.serializers import BaseSerializer

from storefront.filters import FilterBackend
from storefront.generics import PatchMixin

from ..filters import ProductFilter, ProductSearchFilter, StableOrderingFilter
from ..models import Collection, Customer, Product, ProductImage
from ..models.catalog import SEARCHED_TEXTS
from ..pagination import DefaultPagination
from ..serializers.catalog import (
    CollectionSerializer,
    ProductImageSerializer,
    ProductSerializer,
)
from ..services.catalog import delete_collection, delete_product
from .schema.catalog import collection_schema, image_schema, product_schema


@product_schema
class ProductViewSet(PatchMixin, viewsets.ModelViewSet):
    queryset = Product.objects.with_images()
    serializer_class = ProductSerializer
    pagination_class = DefaultPagination
    filter_backends = [FilterBackend, ProductSearchFilter, StableOrderingFilter]
    filterset_class = ProductFilter
    search_fields = [*SEARCHED_TEXTS, "collection__title"]
    ordering_fields = ["unit_price", "last_update", "title"]
    ordering = ["title"]
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Product]:
        products: Any = super().get_queryset()
        return products.priced_for(Customer.objects.membership_of(self.request.user))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # One product is found by its id, whatever else is asked.
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def perform_destroy(self, instance: Product) -> None:
        delete_product(product=instance)


@collection_schema
class CollectionViewSet(PatchMixin, viewsets.ModelViewSet):
    queryset = Collection.objects.with_products_count()
    serializer_class = CollectionSerializer
    lookup_value_converter = "int"

    def perform_destroy(self, instance: Collection) -> None:
        delete_collection(collection=instance)


@image_schema
class ProductImageViewSet(
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
