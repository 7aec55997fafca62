"""What the API's document shows of a refusal."""

import pytest
from django.conf import settings

from store import exceptions


@pytest.mark.parametrize(
    ("refusal", "setting"),
    [
        (exceptions.TooManyLines, "STORE_CART_LINES"),
        (exceptions.TooManyAddresses, "STORE_ADDRESSES"),
        (exceptions.TooManyReviews, "STORE_REVIEWS_PER_PRODUCT"),
        (exceptions.TooManyKeys, "STORE_IDEMPOTENCY_KEYS"),
        (exceptions.TooManyUnpaid, "STORE_UNPAID_ORDERS"),
    ],
)
def test_the_sample_of_a_limit_is_its_default(refusal, setting):
    assert refusal.sample == (getattr(settings, setting),)
