from django.contrib import admin

from ..models import Review
from ..models.reviews import MAX_RATING


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    list_display = ["product", "name", "stars", "date"]
    list_filter = ["rating", "date"]
    list_per_page = 50
    list_select_related = ["product"]
    search_fields = ["name__istartswith", "product__title"]
    show_full_result_count = False
    fields = ["product", "user", "name", "rating", "description", "date"]
    readonly_fields = ["date"]
    autocomplete_fields = ["product", "user"]

    @admin.display(description="rating", ordering="rating", empty_value="-")
    def stars(self, review: Review) -> str | None:
        if review.rating is None:
            return None
        return "★" * review.rating + "☆" * (MAX_RATING - review.rating)
