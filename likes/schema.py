from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import refused_with
from storefront.schema.resources import resource_schema

from .exceptions import TooManyLikes
from .serializers import LikeableModelField, LikedItemSerializer

like_schema = resource_schema(
    "likes",
    one="a like",
    many="the likes of the user",
    create=extend_schema(
        responses={
            200: LikedItemSerializer,
            201: LikedItemSerializer,
            **refused_with(TooManyLikes),
        }
    ),
    destroy=extend_schema(summary="Take a like back"),
)


class LikeableModelFieldExtension(OpenApiSerializerFieldExtension):
    """Lists the models that can be liked."""

    target_class = LikeableModelField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "enum": sorted(self.target.models())}
