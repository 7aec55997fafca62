from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from storefront.admin.actions import confirmed_action

from ..models import Product, Review
from ..models.reviews import MAX_RATING, ReviewQuerySet
from ..services.transactions import retrying_transaction
from .exports import ExportingAdmin
from .lists import LongListAdmin


@admin.register(Review)
class ReviewAdmin(ExportingAdmin, LongListAdmin):
    list_display = ["product", "name", "stars", "date", "is_approved"]
    list_filter = ["is_approved", "rating", "date"]
    actions = ["approve", "hold_back"]
    list_select_related = ["product"]
    search_fields = ["name", "product__title"]
    search_help_text = "Words of the product's title, or how the author's name begins."
    fields = ["product", "user", "name", "rating", "description", "date", "is_approved"]
    readonly_fields = ["date", "is_approved"]
    autocomplete_fields = ["product", "user"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Review], search_term: str
    ) -> tuple[QuerySet[Review], bool]:
        for word in search_term.split():
            # The products are found once, not joined to every review.
            products = Product.objects.order_by().filter(title__icontains=word)
            queryset = queryset.filter(Q(name__istartswith=word) | Q(product__in=products))
        return queryset, False

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("store.moderate_review")

    @confirmed_action(
        description="Approve",
        permissions=["moderate"],
        effect="will be shown to everybody",
        done=("%d review was approved.", "%d reviews were approved."),
        affects=lambda reviews: reviews.filter(is_approved=False),
        in_transaction=retrying_transaction,
    )
    def approve(self, request: HttpRequest, reviews: ReviewQuerySet) -> int:
        return reviews.update(is_approved=True)

    @confirmed_action(
        description="Hold back",
        permissions=["moderate"],
        effect="will be shown to their authors and staff alone",
        done=("%d review was held back.", "%d reviews were held back."),
        affects=lambda reviews: reviews.filter(is_approved=True),
        in_transaction=retrying_transaction,
    )
    def hold_back(self, request: HttpRequest, reviews: ReviewQuerySet) -> int:
        return reviews.update(is_approved=False)

    @admin.display(description="rating", ordering="rating", empty_value="-")
    def stars(self, review: Review) -> str | None:
        if review.rating is None:
            return None
        return "★" * review.rating + "☆" * (MAX_RATING - review.rating)
