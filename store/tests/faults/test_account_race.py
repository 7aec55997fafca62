from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models.signals import post_delete
from django.test.utils import CaptureQueriesContext

from core.services.accounts import delete_account
from store.exceptions import KeyInFlight
from store.models import Cart, Customer, Order, OrderStatus
from store.services.idempotency import lock_key, reserve_key

from .crowd import Request

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def outcomes(responses):
    """Pair the responses to what was asked in pairs."""
    return [(a.status, b.status) for a, b in zip(responses[::2], responses[1::2], strict=True)]


class TestAgainstCheckout:
    @pytest.fixture
    def race(self, make_users, make_cart, make_product, at_once, racers):
        """Let customers check out while somebody else, or they themselves, delete them."""

        def race(deletion, headers=None):
            product = make_product(inventory=racers)
            users = make_users(racers, password=make_password("a-Str0ng-one"))
            requests = []
            for user in users:
                body = {"cart_id": str(make_cart({product: 1}).pk)}
                requests.append(Request("POST", "/store/orders/", body, user.token, headers))
                requests.append(deletion(user))
            responses = at_once(requests)
            product.refresh_from_db()
            holding = Order.objects.exclude(status=OrderStatus.CANCELLED)
            assert holding.count() == racers - product.inventory
            assert Order.objects.count() == racers - Cart.objects.count()
            return outcomes(responses)

        return race

    @pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}], ids=["no key", "key"])
    def test_an_account_is_deleted_and_no_order_is_lost(self, race, headers):
        password = {"current_password": "a-Str0ng-one"}

        pairs = race(
            lambda user: Request("DELETE", "/auth/users/me/", password, user.token), headers
        )

        assert set(pairs) <= {(201, 204), (201, 409), (401, 204), (409, 204)}
        counted = Counter(pairs)
        # Deleted after it had ordered: the order is cancelled, and of nobody.
        left = Order.objects.filter(customer__user__deleted_at__isnull=False)
        assert {order.status for order in left} <= {OrderStatus.CANCELLED}
        assert left.count() == counted[201, 204]
        assert Customer.objects.count() == counted[201, 204] + counted[201, 409]
        assert get_user_model().objects.filter(is_active=True).count() == counted[201, 409]

    def test_a_profile_is_deleted_or_has_its_order(self, race, make_users, racers):
        clerk = make_users(1, is_staff=True)[0]

        pairs = race(
            lambda user: Request(
                "DELETE", f"/store/customers/{user.customer.pk}/", token=clerk.token
            )
        )

        # Where the deletion was first, the order makes a new profile.
        assert set(pairs) <= {(201, 204), (201, 405), (409, 204)}
        assert get_user_model().objects.count() == racers + 1


@pytest.mark.row_locks
def test_a_key_waits_for_the_deletion_of_its_user(user):
    """Let somebody order under a new key when the keys of the user are gone and the user is not."""
    wait = (
        "lock_timeout = 200"
        if connection.vendor == "postgresql"
        else "innodb_lock_wait_timeout = 1"
    )

    def reserve():
        with closing(connection), transaction.atomic():
            connection.cursor().execute(f"SET {wait}")
            reserve_key(user_id=user.pk, key="k", request="{}")

    def meanwhile(**kwargs):
        with ThreadPoolExecutor(1) as pool, pytest.raises(OperationalError):
            pool.submit(reserve).result()

    post_delete.connect(meanwhile, sender=Customer)
    try:
        delete_account(user=user)
    finally:
        assert post_delete.disconnect(meanwhile, sender=Customer)

    assert not get_user_model().objects.exists()


@pytest.mark.row_locks
def test_a_deletion_locks_the_keys_before_the_user(user):
    """As an order under a key does: in another order the two would deadlock."""
    with CaptureQueriesContext(connection) as queries:
        delete_account(user=user)

    locked = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    tables = ["store_idempotencykey", "core_user", "store_customer"]
    assert [table in sql for table, sql in zip(tables, locked, strict=True)] == [True] * 3


def test_a_key_of_somebody_who_is_gone_is_refused():
    # Where the foreign key is looked at only in the end, it refuses the row.
    with pytest.raises((IntegrityError, KeyInFlight)):
        reserve_key(user_id=1_000_000, key="k", request="{}")


def test_a_key_that_went_with_its_user_is_refused(make_users):
    reserved = reserve_key(user_id=make_users(1)[0].pk, key="k", request="{}")
    reserved.delete()
    reserved.pk = 1

    with transaction.atomic(), pytest.raises(KeyInFlight):
        lock_key(reserved)
