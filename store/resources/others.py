"""Rows that only go out: their columns are fields, as they are stored."""

from typing import Any

from import_export.fields import Field

from ..models import Payment, Promotion, Review
from .bases import SheetResource
from .widgets import AmountWidget, DayWidget, IdWidget, TextWidget, TimeWidget, YesNoWidget


class ReviewResource(SheetResource):
    id = Field(attribute="id", column_name="id", widget=IdWidget())
    product = Field(attribute="product_id", column_name="product", widget=IdWidget())
    name = Field(attribute="name", column_name="name", widget=TextWidget())
    rating = Field(attribute="rating", column_name="rating", widget=TextWidget())
    description = Field(attribute="description", column_name="description", widget=TextWidget())
    date = Field(attribute="date", column_name="date", widget=DayWidget())
    is_approved = Field(attribute="is_approved", column_name="is_approved", widget=YesNoWidget())

    class Meta:
        model = Review
        fields = ["id", "product", "name", "rating", "description", "date", "is_approved"]


class PromotionResource(SheetResource):
    id = Field(attribute="id", column_name="id", widget=IdWidget())
    description = Field(attribute="description", column_name="description", widget=TextWidget())
    discount = Field(attribute="discount", column_name="discount", widget=TextWidget())
    starts_at = Field(attribute="starts_at", column_name="starts_at", widget=TimeWidget())
    ends_at = Field(attribute="ends_at", column_name="ends_at", widget=TimeWidget())
    memberships = Field(attribute="memberships", column_name="memberships", widget=TextWidget())

    class Meta:
        model = Promotion
        fields = ["id", "description", "discount", "starts_at", "ends_at", "memberships"]


class PaymentResource(SheetResource):
    id = Field(attribute="id", column_name="id", widget=IdWidget())
    order = Field(attribute="order_id", column_name="order", widget=IdWidget())
    gateway = Field(attribute="gateway", column_name="gateway", widget=TextWidget())
    reference = Field(attribute="reference", column_name="reference", widget=TextWidget())
    amount = Field(attribute="amount", column_name="amount", widget=AmountWidget())
    status = Field(attribute="status", column_name="status", widget=TextWidget())
    created_at = Field(attribute="created_at", column_name="created_at", widget=TimeWidget())
    changed_at = Field(attribute="changed_at", column_name="changed_at", widget=TimeWidget())

    class Meta:
        model = Payment
        fields = [
            *("id", "order", "gateway", "reference", "amount", "status"),
            *("created_at", "changed_at"),
        ]


OTHERS: dict[Any, type[SheetResource]] = {
    Review: ReviewResource,
    Promotion: PromotionResource,
    Payment: PaymentResource,
}
