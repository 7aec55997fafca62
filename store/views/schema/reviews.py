from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import TOO_MANY
from storefront.schema.resources import resource_schema

from ...serializers.reviews import ReviewSerializer

review_schema = resource_schema(
    "reviews",
    one="a review",
    many="the reviews of a product",
    create=extend_schema(responses={201: ReviewSerializer, 409: TOO_MANY}),
)
