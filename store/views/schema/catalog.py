from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import CODED_ERROR, NOT_DELETABLE, RefusalResponse
from storefront.schema.resources import resource_schema

from ...pictures.formats import accepted_titles
from ...serializers.catalog import StaffProductSerializer

SEARCH_REFUSED = RefusalResponse(
    "SearchRefused",
    (CODED_ERROR,),
    "`search_busy`, where another search takes long, or `search_too_slow`, where no index helps this "
    "one; `Retry-After` tells the seconds.",
)

product_schema = resource_schema(
    "products",
    one="a product",
    many="products",
    list=extend_schema(responses={200: StaffProductSerializer(many=True), 503: SEARCH_REFUSED}),
    destroy=extend_schema(responses={204: None, 405: NOT_DELETABLE}),
)
collection_schema = resource_schema(
    "collections",
    one="a collection",
    many="collections",
    destroy=extend_schema(responses={204: None, 405: NOT_DELETABLE}),
    featured=extend_schema(responses=StaffProductSerializer),
)
promotion_schema = resource_schema(
    "promotions", one="a promotion", many="the promotions that run now for who asks"
)
image_schema = resource_schema(
    "images",
    one="an image",
    many="the images of a product",
    create=extend_schema(
        description=f"{accepted_titles()}, at most 500 KB. It is stored without metadata, such as "
        "where it was taken."
    ),
)
