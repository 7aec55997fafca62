from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier, Event

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from store.exceptions import EmptyCart
from store.models import Cart, Product
from store.services.transactions import retrying_transaction, run_last

# What MariaDB says of a deadlock; the tests of real ones are below.
DEADLOCK = OperationalError(1213, "Deadlock found when trying to get lock")


class Service:
    """Makes a cart on each try and fails with the next of its errors, if one is left."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.tries = 0
        self.commits = 0

    def run(self):
        self.tries += 1
        transaction.on_commit(self.count_commit)
        cart = Cart.objects.create()
        if self.errors:
            raise self.errors.pop(0)
        return cart

    def count_commit(self):
        self.commits += 1


@pytest.fixture
def make_service():
    """Make a service that fails with these errors, and the retrying function that runs it."""

    def make_service(*errors):
        service = Service(*errors)
        return service, retrying_transaction(service.run)

    return make_service


@pytest.mark.django_db(transaction=True)
class TestRepeat:
    def test_a_success_is_not_repeated(self, make_service):
        service, run = make_service()

        cart = run()

        assert (service.tries, service.commits) == (1, 1)
        assert Cart.objects.get() == cart

    @pytest.mark.parametrize("losses", [1, 2])
    def test_a_lost_race_is_repeated_from_the_start(self, make_service, losses):
        service, run = make_service(*[DEADLOCK] * losses)

        cart = run()

        assert (service.tries, service.commits) == (losses + 1, 1)
        assert Cart.objects.get() == cart

    def test_the_third_loss_is_final(self, make_service):
        service, run = make_service(*[DEADLOCK] * 3)

        with pytest.raises(OperationalError):
            run()

        assert (service.tries, service.commits) == (3, 0)
        assert not Cart.objects.exists()

    @pytest.mark.parametrize(
        "error",
        [
            OperationalError("server closed the connection unexpectedly"),
            OperationalError(2006, "Server has gone away"),
            OperationalError(),
            IntegrityError(1213, "no deadlock, for all its number"),
            EmptyCart(),
            ValueError("x"),
        ],
        ids=repr,
    )
    def test_any_other_error_is_not_repeated(self, make_service, error):
        service, run = make_service(error)

        with pytest.raises(type(error)):
            run()

        assert service.tries == 1
        assert not Cart.objects.exists()

    def test_within_a_callers_transaction_only_the_caller_can_repeat(self, make_service):
        service, run = make_service(DEADLOCK)

        with pytest.raises(OperationalError), transaction.atomic():
            run()

        assert service.tries == 1
        assert not Cart.objects.exists()

    def test_the_outermost_service_repeats_for_those_within(self, make_service):
        service, run = make_service(DEADLOCK)

        retrying_transaction(run)()

        assert (service.tries, service.commits) == (2, 1)
        assert Cart.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestLastSteps:
    def test_come_once_at_the_end_of_the_outermost_service(self):
        done = []

        def step():
            assert connection.in_atomic_block
            done.append("step")

        @retrying_transaction
        def sell():
            run_last(step)
            done.append("sold")

        @retrying_transaction
        def sell_twice():
            sell()
            sell()

        sell_twice()

        assert done == ["sold", "sold", "step"]

    def test_a_repeated_service_takes_its_steps_again(self):
        done, losses = [], [DEADLOCK]

        @retrying_transaction
        def sell():
            run_last(lambda: done.append("step"))
            if losses:
                raise losses.pop()

        sell()

        assert done == ["step"]

    def test_what_follows_the_commit_has_steps_of_its_own(self):
        done = []

        @retrying_transaction
        def mail():
            run_last(lambda: done.append("mailed"))

        @retrying_transaction
        def sell():
            run_last(lambda: done.append("sold"))
            transaction.on_commit(mail)

        sell()

        assert done == ["sold", "mailed"]

    def test_outside_a_service_a_step_is_run_at_once(self):
        done = []

        run_last(lambda: done.append("step"))

        assert done == ["step"]


@pytest.mark.django_db(transaction=True)
def test_nobody_goes_on_after_the_refusal_of_a_service_within(make_service):
    """What it wrote before it refused would stay."""
    _, inner = make_service(EmptyCart())

    @retrying_transaction
    def sell():
        with suppress(EmptyCart):
            inner()
        Cart.objects.create()

    with pytest.raises(TransactionManagementError):
        sell()

    assert not Cart.objects.exists()


def test_a_service_keeps_its_name_and_signature():
    def sell(*, pieces: int) -> int:
        """Sell."""
        return pieces

    assert retrying_transaction(sell).__name__ == "sell"
    assert retrying_transaction(sell).__doc__ == "Sell."


@contextmanager
def own_connection():
    try:
        yield
    finally:
        connection.close()


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
class TestRealLocks:
    def test_two_that_wait_for_each_other_both_succeed(self, make_product):
        first, second = make_product(inventory=10), make_product(inventory=10)
        # On SQLite a writer waits before it holds anything: there is nobody to meet.
        can_deadlock = connection.features.has_select_for_update
        meet, tries = Barrier(2), []

        @retrying_transaction
        def lower_both(products):
            tries.append(products)
            for product in products:
                row = Product.objects.select_for_update().get(pk=product.pk)
                Product.objects.filter(pk=row.pk).update(inventory=row.inventory - 1)
                if can_deadlock and product == products[0] and len(tries) <= 2:
                    meet.wait(timeout=30)

        def work(products):
            with own_connection():
                lower_both(products)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, [[first, second], [second, first]]))

        assert len(tries) == (3 if can_deadlock else 2)
        assert list(Product.objects.values_list("inventory", flat=True)) == [8, 8]

    @pytest.mark.row_locks
    def test_one_that_waited_too_long_is_repeated(self, product):
        locked, free, tries = Event(), Event(), []

        def hold():
            with own_connection(), transaction.atomic():
                Product.objects.select_for_update().get(pk=product.pk)
                locked.set()
                free.wait(timeout=30)

        @retrying_transaction
        def lower():
            tries.append(1)
            if len(tries) == 2:
                free.set()
                holder.result(timeout=30)
            give_up_soon()
            row = Product.objects.select_for_update().get(pk=product.pk)
            Product.objects.filter(pk=row.pk).update(inventory=row.inventory - 1)

        with ThreadPoolExecutor(1) as pool:
            holder = pool.submit(hold)
            assert locked.wait(timeout=30)
            # Its patience ends with the connection.
            with own_connection():
                lower()

        product.refresh_from_db()
        assert len(tries) == 2
        assert product.inventory == 9

    def test_a_statement_that_the_database_refuses_is_not_repeated(self, product):
        tries = []

        @retrying_transaction
        def fail():
            tries.append(1)
            with connection.cursor() as cursor:
                cursor.execute("SELECT no_such_column FROM store_product")

        with pytest.raises(DatabaseError):
            fail()

        assert len(tries) == 1


def give_up_soon():
    statements = {
        "mysql": "SET SESSION innodb_lock_wait_timeout = 1",
        "postgresql": "SET LOCAL lock_timeout = '100ms'",
    }
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor])
