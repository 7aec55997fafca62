from django.db.models import QuerySet
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from storefront.filters import FilterBackend, ObjectFilter
from storefront.generic_relations import pointing_to_seen
from storefront.generics import PatchMixin
from storefront.preconditions import PreconditionsMixin

from .models import Tag, TaggedItem
from .schema import tag_schema, tagged_item_schema
from .serializers import TaggableModelField, TaggedItemSerializer, TagSerializer


@tag_schema
class TagViewSet(PatchMixin, viewsets.ModelViewSet):
    # What is shown of a tag is in the index that orders them.
    queryset = Tag.objects.only("label")
    serializer_class = TagSerializer
    lookup_value_converter = "int"


@tagged_item_schema
class TaggedItemViewSet(
    PreconditionsMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    queryset = TaggedItem.objects.select_related("content_type")
    serializer_class = TaggedItemSerializer
    filter_backends = [FilterBackend]
    filterset_class = ObjectFilter
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[TaggedItem]:
        models = TaggableModelField.models().values()
        return pointing_to_seen(super().get_queryset(), self.request.user, models)

    def create(self, request: Request) -> Response:
        """Tag an object; one that has the tag already answers 200."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        item, created = TaggedItem.objects.get_or_create(**serializer.validated_data)
        return Response(
            self.get_serializer(item).data,
            status=status.HTTP_201_CREATED if created else status.HTTP_200_OK,
        )
