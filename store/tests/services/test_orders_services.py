from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from store.exceptions import CartNotFound, EmptyCart, OrderIsPaid, OutOfStock, PaymentStatusConflict
from store.models import Cart, Order, OrderItem, Product
from store.services.order_status import change_payment_status
from store.services.orders import delete_order, place_order, write_order
from store.services.stock import return_stock, take_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return get_user_model().objects.create(username="zoe", email="zoe@example.com")


@pytest.fixture
def order(user, product):
    order = Order(customer=user.customer)
    write_order(order=order, quantities={product.pk: 3})
    return order


def stock():
    return list(Product.objects.order_by("pk").values_list("inventory", flat=True))


class TestPlaceOrder:
    def test_tells_a_new_order_from_one_found(self, user, product):
        cart = Cart.objects.create()
        cart.items.create(product=product, quantity=1)

        first = place_order(cart_id=cart.pk, user_id=user.pk)
        second = place_order(cart_id=cart.pk, user_id=user.pk)

        assert (first.created, second.created) == (True, False)
        assert first.order == second.order
        assert first.order.cart_uuid == cart.pk

    def test_a_deleted_order_does_not_bring_its_cart_back(self, user, product):
        cart = Cart.objects.create()
        cart.items.create(product=product, quantity=1)
        delete_order(order=place_order(cart_id=cart.pk, user_id=user.pk).order)

        with pytest.raises(CartNotFound):
            place_order(cart_id=cart.pk, user_id=user.pk)

        assert stock() == [10]

    def test_refuses_what_is_no_cart_and_an_empty_one(self, user):
        with pytest.raises(CartNotFound):
            place_order(cart_id=uuid4(), user_id=user.pk)
        with pytest.raises(EmptyCart):
            place_order(cart_id=Cart.objects.create().pk, user_id=user.pk)

    def test_is_undone_with_the_callers_transaction(
        self, user, product, django_capture_on_commit_callbacks
    ):
        cart = Cart.objects.create()
        cart.items.create(product=product, quantity=1)

        with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
            place_order(cart_id=cart.pk, user_id=user.pk)
            transaction.set_rollback(True)

        assert callbacks == []
        assert stock() == [10]
        assert cart.items.get().quantity == 1
        assert not Order.objects.exists()


class TestTakeStock:
    def test_takes_all_or_nothing(self, make_product):
        plenty, short = make_product(inventory=9), make_product(inventory=1)

        with pytest.raises(OutOfStock) as refusal:
            take_stock({plenty.pk: 2, short.pk: 2})

        assert refusal.value.shortages == [(short.pk, 2, 1)]
        assert stock() == [9, 1]

    def test_takes_the_last_piece(self, product):
        take_stock({product.pk: 10})

        assert stock() == [0]

    def test_a_product_that_is_gone_is_a_shortage(self, product):
        with pytest.raises(OutOfStock) as refusal:
            take_stock({product.pk: 1, 0: 2})

        assert refusal.value.shortages == [(0, 2, 0)]
        assert stock() == [10]

    def test_the_guard_stands_where_the_read_was_too_old(self, product):
        meanwhile = [Product.objects.filter(pk=product.pk)]

        def sell_first(execute, *args):
            if meanwhile and args[0].startswith("UPDATE"):
                meanwhile.pop().update(inventory=2)
            return execute(*args)

        with connection.execute_wrapper(sell_first), pytest.raises(OutOfStock):
            take_stock({product.pk: 3})

        assert stock() == [2]

    def test_return_gives_each_product_its_own(self, make_product, customer):
        first, second = make_product(inventory=1), make_product(inventory=7)
        make_product(inventory=7)
        order = Order(customer=customer)
        write_order(order=order, quantities={second.pk: 2, first.pk: 1})

        return_stock(order=order)

        assert stock() == [1, 7, 7]


class TestChangePaymentStatus:
    def test_goes_by_the_row_and_not_by_a_stale_instance(self, order):
        stale = Order.objects.get()
        change_payment_status(order=order, payment_status="F")

        change_payment_status(order=stale, payment_status="F")

        assert stock() == [10]

    def test_refuses_a_status_that_nobody_saw(self, order):
        change_payment_status(order=order, payment_status="F")

        with pytest.raises(PaymentStatusConflict, match="has become F meanwhile"):
            change_payment_status(order=order, payment_status="C", seen="P")

        assert Order.objects.get().payment_status == "F"
        assert stock() == [10]

    def test_the_same_wish_of_two_is_no_conflict(self, order):
        change_payment_status(order=order, payment_status="C", seen="P")

        changed = change_payment_status(order=order, payment_status="C", seen="P")

        assert changed.payment_status == "C"
        assert stock() == [7]


class TestDeleteOrder:
    def test_goes_by_the_row_and_not_by_a_stale_instance(self, order):
        stale = Order.objects.get()
        change_payment_status(order=order, payment_status="C")

        with pytest.raises(OrderIsPaid):
            delete_order(order=stale)

        assert OrderItem.objects.get().quantity == 3
        assert stock() == [7]

    def test_a_deleted_order_is_not_there(self, order):
        stale = Order.objects.get()
        delete_order(order=order)

        with pytest.raises(Order.DoesNotExist):
            delete_order(order=stale)

        assert stock() == [10]


class TestConstraints:
    def test_a_cart_becomes_one_order_at_most(self, order):
        cart_uuid = uuid4()
        Order.objects.create(customer=order.customer, cart_uuid=cart_uuid)

        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.create(customer=order.customer, cart_uuid=cart_uuid)

    def test_stock_never_goes_below_zero(self, product):
        with pytest.raises(IntegrityError), transaction.atomic():
            Product.objects.update(inventory=-1)

        assert stock() == [10]
