from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator

from storefront.admin.actions import Action, confirmed_action

from ..models import Product, Review
from ..models.reviews import EXCERPT, MAX_RATING, ReviewQuerySet
from ..services.reviews import answer_review
from ..services.transactions import retrying_transaction
from .exports import ExportingAdmin
from .lists import LongListAdmin

# What a reader goes by: nothing is shown to everybody that nobody has read.
JUDGED_BY = ["name", "rating", "description"]
WRITTEN_BY_CUSTOMERS: list[Any] = [
    "product",
    "stars",
    "description",
    "name",
    "user",
    "date",
    "is_approved",
]
REWRITTEN = "The customer has changed the review since it was shown. Nothing was saved; please read it again."


def moderation(name: str, *, approved: bool, description: str, effect: str, done: str) -> Action:
    """Return the action that approves reviews, or hides them."""

    def change(model_admin: Any, request: HttpRequest, reviews: ReviewQuerySet) -> int:
        return reviews.update(is_approved=approved)

    # The name of the action in the list and the log.
    change.__name__ = name
    return confirmed_action(
        description=description,
        permissions=["moderate"],
        effect=effect,
        done=(f"%d review was {done}.", f"%d reviews were {done}."),
        affects=lambda reviews: reviews.filter(is_approved=not approved),
        in_transaction=retrying_transaction,
        judged_by=JUDGED_BY,
        name_of=in_short,
    )(change)


def in_short(review: Any) -> str:
    """Name a review by its author, stars and first words."""
    rating = stars_of(review.rating)
    return f"{review.name}{rating and f', {rating}'}: “{excerpt_of(review)}”"


def excerpt_of(review: Any) -> str:
    text = " ".join(review.excerpt.split())
    return Truncator(text).chars(EXCERPT) if len(review.excerpt) > EXCERPT else text


def stars_of(rating: int | None) -> str:
    return "" if rating is None else "★" * rating + "☆" * (MAX_RATING - rating)


def text_digest(review: Review) -> str:
    values = [getattr(review, name) for name in JUDGED_BY]
    return sha256(repr(values).encode()).hexdigest()


class ReviewForm(forms.ModelForm):
    """Answers a review, and approves or hides it, as it was shown."""

    data: Any
    # What a program leaves out is not compared.
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Review
        fields = ["answer"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.digest = text_digest(self.instance)
        self.initial["shown"] = self.digest

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("shown") not in ("", self.digest):
            # Whoever saves again has read this one.
            self.data = self.data.copy()
            self.data["shown"] = self.digest
            raise forms.ValidationError(REWRITTEN)
        return cleaned


class AnswerFilter(admin.SimpleListFilter):
    title = "answer"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Answered"), ("no", "Not answered")]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Review]:
        wanted = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(answered_at__isnull=wanted)


@admin.register(Review)
class ReviewAdmin(ExportingAdmin, LongListAdmin):
    """What customers write, which staff read, approve, hide and answer; the words stay the customers'."""

    form = ReviewForm
    change_form_template = "admin/store/review_change.html"
    list_display = ["product", "stars", "words", "is_approved", "name", "date", "is_answered"]
    list_filter = ["is_approved", AnswerFilter, "rating", "date"]
    actions = ["approve", "hide"]
    list_select_related = ["product"]
    search_fields = ["name", "product__title"]
    search_help_text = "Words of the product's title, or how the author's name begins."
    fieldsets = [
        (None, {"fields": WRITTEN_BY_CUSTOMERS}),
        ("Public answer", {"fields": ["answer", "answered_at", "answered_by", "shown"]}),
    ]
    readonly_fields = [*WRITTEN_BY_CUSTOMERS, "answered_at", "answered_by"]

    class Media:
        css = {"all": ["store/admin/shop.css"]}

    approve = moderation(
        "approve",
        approved=True,
        description="Approve",
        effect="will be shown to everybody",
        done="approved",
    )
    hide = moderation(
        "hide",
        approved=False,
        description="Hide",
        effect="will be shown to their authors and staff alone",
        done="hidden",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        reviews: Any = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and match.url_name == "store_review_changelist"
        return reviews.with_excerpts() if is_list else reviews

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Review], search_term: str
    ) -> tuple[QuerySet[Review], bool]:
        for word in search_term.split():
            # The products are found once, not joined to every review.
            products = Product.objects.order_by().filter(title__icontains=word)
            queryset = queryset.filter(Q(name__istartswith=word) | Q(product__in=products))
        return queryset, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Customers write them, in the shop.
        return False

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("store.moderate_review")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_moderate_permission(request)

    def save_model(self, request: HttpRequest, obj: Review, form: Any, change: bool) -> None:
        if "answer" in form.changed_data:
            answer_review(review=obj, text=obj.answer or "", answered_by=request.user)
        if "_approve" in request.POST or "_hide" in request.POST:
            Review.objects.filter(pk=obj.pk).update(is_approved="_approve" in request.POST)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        message = super().construct_change_message(request, form, formsets, add)
        moved = [name for name in ("approve", "hide") if f"_{name}" in request.POST]
        return message if not moved else [*message, {"changed": {"fields": ["approved"]}}]

    @admin.display(description="rating", ordering="rating", empty_value="-")
    def stars(self, review: Review) -> Any:
        if review.rating is None:
            return None
        text = f"{review.rating} of {MAX_RATING} stars"
        stars = stars_of(review.rating)
        return format_html('<span class="stars" role="img" aria-label="{}">{}</span>', text, stars)

    @admin.display(description="words")
    def words(self, review: Any) -> str:
        return excerpt_of(review)

    @admin.display(description="answered", boolean=True)
    def is_answered(self, review: Any) -> bool:
        return bool(review.is_answered)
