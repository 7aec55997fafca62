from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.serializers import BaseSerializer

from storefront.generics import PatchMixin

from ..models import Product, Review
from ..permissions import IsAuthorOrStaffOrCreateOrRead
from ..serializers.reviews import ReviewSerializer
from ..services.reviews import add_review
from .schema.reviews import review_schema


@review_schema
class ReviewViewSet(PatchMixin, viewsets.ModelViewSet):
    queryset = Review.objects.all()
    serializer_class = ReviewSerializer
    permission_classes = [IsAuthorOrStaffOrCreateOrRead]
    rate_scope = "reviews"
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Review]:
        product = get_object_or_404(Product, pk=self.kwargs["product_pk"])
        reviews = Review.objects.filter(product=product)
        return reviews.with_long_descriptions_deferred() if self.action == "list" else reviews

    def perform_create(self, serializer: BaseSerializer[Review]) -> None:
        product = get_object_or_404(Product, pk=self.kwargs["product_pk"])
        # None for a visitor.
        author_id = getattr(self.request.user, "pk", None)
        serializer.instance = add_review(
            product=product, user_id=author_id, **serializer.validated_data
        )
