from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from storefront.errors.exceptions import StorageUnavailable
from storefront.schema.refusals import refused_with
from storefront.schema.resources import resource_schema

from ...exceptions import (
    CollectionNotEmpty,
    FacetsBusy,
    FacetsTooSlow,
    ProductInOrders,
    SearchBusy,
    SearchTooSlow,
)
from ...pictures.formats import accepted_titles
from ...serializers.catalog import ProductImageSerializer, StaffProductSerializer
from ...serializers.facets import FacetsSerializer
from ...serializers.suggestions import SuggestionQuerySerializer, SuggestionsSerializer

AGE = OpenApiParameter(
    "Age",
    OpenApiTypes.INT,
    OpenApiParameter.HEADER,
    description="The seconds since it was counted.",
    response=[200],
)
product_schema = resource_schema(
    "products",
    one="a product",
    many="products",
    facets=extend_schema(
        filters=True,
        parameters=[AGE],
        responses={
            200: FacetsSerializer,
            **refused_with(FacetsBusy, FacetsTooSlow, SearchBusy, SearchTooSlow),
        },
    ),
    suggest=extend_schema(
        filters=False, parameters=[SuggestionQuerySerializer], responses=SuggestionsSerializer
    ),
    list=extend_schema(
        responses={
            200: StaffProductSerializer(many=True),
            **refused_with(SearchBusy, SearchTooSlow),
        }
    ),
    destroy=extend_schema(responses={204: None, **refused_with(ProductInOrders)}),
)
collection_schema = resource_schema(
    "collections",
    one="a collection",
    many="collections",
    destroy=extend_schema(responses={204: None, **refused_with(CollectionNotEmpty)}),
    featured=extend_schema(responses=StaffProductSerializer),
)
promotion_schema = resource_schema(
    "promotions", one="a promotion", many="the promotions that run now for who asks"
)
NO_REPLACEMENT = "The file stays: an address means one content for good."
image_schema = resource_schema(
    "images",
    one="an image",
    many="the images of a product",
    update=extend_schema(description=NO_REPLACEMENT),
    partial_update=extend_schema(description=NO_REPLACEMENT),
    create=extend_schema(
        responses={201: ProductImageSerializer, **refused_with(StorageUnavailable)},
        description=f"{accepted_titles()}, at most {settings.STORE_IMAGE_KILOBYTES} KB. It is stored "
        "without metadata, such as where it was taken. Its sizes are made soon after; without a "
        "`position` it goes last.",
    ),
)
