from typing import Any

from django.conf import settings
from django.utils import timezone

from ..exceptions import TooManyReviews
from ..models import Product, Review
from .carts import lock_user
from .transactions import retrying_transaction


@retrying_transaction
def add_review(*, product: Product, user_id: int | None, **fields: Any) -> Review:
    """Write a review, of a user or of a visitor (None); raises TooManyReviews.

    Where reviews are moderated, it waits until staff approve it.
    """
    if user_id is not None:
        # One at a time is counted and written.
        lock_user(user_id)
        written = Review.objects.filter(product=product, user=user_id).count()
        if written >= settings.STORE_REVIEWS_PER_PRODUCT:
            raise TooManyReviews(settings.STORE_REVIEWS_PER_PRODUCT)
    return Review.objects.create(
        product=product,
        user_id=user_id,
        is_approved=not settings.STORE_REVIEWS_MODERATED,
        **fields,
    )


def change_review(*, review: Review, user_id: int | None, **fields: Any) -> Review:
    """Write the fields of a review; where reviews are moderated, what its author changes waits again."""
    is_author = user_id is not None and review.user_id == user_id
    if settings.STORE_REVIEWS_MODERATED and is_author:
        fields["is_approved"] = False
    for name, value in fields.items():
        setattr(review, name, value)
    review.save(update_fields=[*fields])
    return review


@retrying_transaction
def answer_review(*, review: Review, text: str, answered_by: Any) -> None:
    """Answer a review publicly in the name of the shop; no text takes the answer back."""
    text = text.strip()
    review.answer = text or None
    review.answered_at = timezone.now() if text else None
    review.answered_by = answered_by if text else None
    review.save(update_fields=["answer", "answered_at", "answered_by"])
