from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema

from storefront.schema.resources import resource_schema

from .serializers import TaggableModelField, TaggedItemSerializer

tag_schema = resource_schema("tags", one="a tag", many="tags")
tagged_item_schema = resource_schema(
    "tags",
    one="a tagged object",
    many="tagged objects",
    create=extend_schema(responses={200: TaggedItemSerializer, 201: TaggedItemSerializer}),
    destroy=extend_schema(summary="Take a tag off an object"),
)


class TaggableModelFieldExtension(OpenApiSerializerFieldExtension):
    """Lists the models that can be tagged."""

    target_class = TaggableModelField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "enum": sorted(self.target.models())}
