from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from storefront.admin.actions import intermediate_page_action

from ..models import Customer, Product, Promotion
from .badges import badge
from .campaigns import NotifyingAdmin
from .deletion import LISTED
from .exports import ExportingAdmin
from .promotion_calendar import CalendarMixin, percent_of


class MembershipsField(forms.MultipleChoiceField):
    """A box for each membership, kept as their letters in the order of the boxes."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return list(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        ticked = super().clean(value)
        return "".join(letter for letter, _ in Customer.MEMBERSHIP_CHOICES if letter in ticked)


class PromotionForm(forms.ModelForm):
    memberships = MembershipsField(
        choices=Customer.MEMBERSHIP_CHOICES,
        required=False,
        help_text="None ticked: it is for everybody, visitors too.",
    )

    class Meta:
        model = Promotion
        fields = ["description", "discount", "starts_at", "ends_at", "memberships", "collections"]


@admin.register(Promotion)
class PromotionAdmin(ExportingAdmin, CalendarMixin, NotifyingAdmin):
    form = PromotionForm
    list_display = ["description", "discount_percent", "starts_at", "ends_at", "for_whom", "state"]
    search_fields = ["description"]
    actions = ["notify_customers"]
    autocomplete_fields = ["collections"]

    class Media:
        css = {"all": ["store/admin/shop.css"]}

    @admin.display(description="discount", ordering="discount")
    def discount_percent(self, promotion: Promotion) -> str:
        return percent_of(promotion)

    @admin.display
    def for_whom(self, promotion: Promotion) -> str:
        return ", ".join(promotion.membership_names) or "Everybody"

    @admin.display
    def state(self, promotion: Promotion) -> SafeString:
        return badge("ok" if promotion.state == "Running" else "idle", promotion.state)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Name what loses a promotion; of products, of which thousands may have it, the number."""
        promotions = list(objs)
        products = Product.promotions.through.objects.filter(promotion__in=promotions).count()
        targets = self.targets(promotions)
        names: list[Any] = []
        for promotion in promotions:
            names.append(str(promotion))
            if lost := targets.get(promotion.pk):
                more = len(lost) - LISTED
                names.append([*lost[:LISTED], *([f"and {more} more"] if more > 0 else [])])
        counts = {"promotions": len(promotions), "products that lose them": products}
        others = sum(map(len, targets.values()))
        return names, counts | {"collections and tags that lose them": others}, set(), []

    @intermediate_page_action(permissions=["notify"], description="Notify customers")
    def notify_customers(
        self, request: HttpRequest, queryset: QuerySet[Promotion]
    ) -> HttpResponse | None:
        if queryset.count() != 1:
            message = "Choose one promotion; the mail is about it."
            self.message_user(request, message, messages.ERROR)
            return None
        return self.compose(request, Customer.objects.all(), queryset.get())
