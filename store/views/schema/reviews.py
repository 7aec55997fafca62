from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import refused_with
from storefront.schema.resources import resource_schema

from ...exceptions import TooManyReviews
from ...serializers.reviews import ReviewSerializer

review_schema = resource_schema(
    "reviews",
    one="a review",
    many="the reviews of a product",
    create=extend_schema(responses={201: ReviewSerializer, **refused_with(TooManyReviews)}),
)
