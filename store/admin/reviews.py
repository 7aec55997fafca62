from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from ..models import Product, Review
from ..models.reviews import MAX_RATING
from .lists import LongListAdmin


@admin.register(Review)
class ReviewAdmin(LongListAdmin):
    list_display = ["product", "name", "stars", "date"]
    list_filter = ["rating", "date"]
    list_select_related = ["product"]
    search_fields = ["name", "product__title"]
    search_help_text = "Words of the product's title, or how the author's name begins."
    fields = ["product", "user", "name", "rating", "description", "date"]
    readonly_fields = ["date"]
    autocomplete_fields = ["product", "user"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Review], search_term: str
    ) -> tuple[QuerySet[Review], bool]:
        for word in search_term.split():
            # The products are found once, not joined to every review.
            products = Product.objects.order_by().filter(title__icontains=word)
            queryset = queryset.filter(Q(name__istartswith=word) | Q(product__in=products))
        return queryset, False

    @admin.display(description="rating", ordering="rating", empty_value="-")
    def stars(self, review: Review) -> str | None:
        if review.rating is None:
            return None
        return "★" * review.rating + "☆" * (MAX_RATING - review.rating)
