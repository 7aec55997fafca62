from typing import cast

from django.db.models import QuerySet
from rest_framework import mixins, status, viewsets
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from storefront.filters import FilterBackend, ObjectFilter
from storefront.generic_relations import pointing_to_seen
from storefront.preconditions import PreconditionsMixin

from .models import LikedItem
from .schema import like_schema
from .serializers import LikeableModelField, LikedItemSerializer
from .services import add_like


@like_schema
class LikedItemViewSet(
    PreconditionsMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    queryset = LikedItem.objects.select_related("content_type")
    serializer_class = LikedItemSerializer
    filter_backends = [FilterBackend]
    filterset_class = ObjectFilter
    permission_classes = [IsAuthenticated]
    rate_scope = "likes"
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[LikedItem]:
        own = super().get_queryset().filter(user_id=self.request.user.pk)
        if self.request.method not in SAFE_METHODS:
            # A like of what is hidden meanwhile counts among the user's, and may be taken back.
            return own
        return pointing_to_seen(own, self.request.user, LikeableModelField.models().values())

    def create(self, request: Request) -> Response:
        """Like an object; one that the user likes already answers 200 with the same like."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user_id = cast(int, request.user.pk)
        like, created = add_like(user_id=user_id, **serializer.validated_data)
        return Response(
            self.get_serializer(like).data,
            status=status.HTTP_201_CREATED if created else status.HTTP_200_OK,
        )
