from typing import Any

from django.conf import settings

from ..exceptions import TooManyReviews
from ..models import Product, Review
from .carts import lock_user
from .transactions import retrying_transaction


@retrying_transaction
def add_review(*, product: Product, user_id: int | None, **fields: Any) -> Review:
    """Write a review, of a user or of a visitor (None); raises TooManyReviews."""
    if user_id is not None:
        # One at a time is counted and written.
        lock_user(user_id)
        written = Review.objects.filter(product=product, user=user_id).count()
        if written >= settings.STORE_REVIEWS_PER_PRODUCT:
            raise TooManyReviews(settings.STORE_REVIEWS_PER_PRODUCT)
    return Review.objects.create(product=product, user_id=user_id, **fields)
