from typing import cast

from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.serializers import BaseSerializer

from storefront.generics import PatchMixin

from ..filters import StableOrderingFilter
from ..models import Product, Review
from ..permissions import IsAuthorOrStaffOrCreateOrRead
from ..serializers.reviews import ReviewSerializer
from ..services.reviews import add_review, change_review
from .carts import user_id_of
from .schema.reviews import review_schema


@review_schema
class ReviewViewSet(PatchMixin, viewsets.ModelViewSet):
    queryset = Review.objects.all()
    serializer_class = ReviewSerializer
    permission_classes = [IsAuthorOrStaffOrCreateOrRead]
    rate_scope = "reviews"
    filter_backends = [StableOrderingFilter]
    ordering_fields = ["date", "rating"]
    ordering = ["-date"]
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Review]:
        user = self.request.user
        reviews = Review.objects.filter(product=self.product()).visible_to(user).with_purchases()
        return reviews.with_long_descriptions_deferred() if self.action == "list" else reviews

    def product(self) -> Product:
        products = Product.objects.visible_to(self.request.user)
        return get_object_or_404(products, pk=self.kwargs["product_pk"])

    def perform_create(self, serializer: BaseSerializer[Review]) -> None:
        serializer.instance = add_review(
            product=self.product(), user_id=user_id_of(self.request), **serializer.validated_data
        )

    def perform_update(self, serializer: BaseSerializer[Review]) -> None:
        review = cast(Review, serializer.instance)
        change_review(review=review, user_id=user_id_of(self.request), **serializer.validated_data)
