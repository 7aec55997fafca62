from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import TOO_MANY
from storefront.schema.resources import resource_schema

from .serializers import LikedItemSerializer

like_schema = resource_schema(
    "likes",
    one="a like",
    many="the likes of the user",
    create=extend_schema(
        responses={200: LikedItemSerializer, 201: LikedItemSerializer, 409: TOO_MANY}
    ),
    destroy=extend_schema(summary="Take a like back"),
)
