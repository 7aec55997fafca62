from uuid import uuid4

import pytest

from store.exceptions import ProductNotFound, QuantityTooLarge
from store.models import MAX_QUANTITY, Cart, CartItem
from store.services.carts import add_to_cart, change_quantity, delete_cart, remove_from_cart

pytestmark = pytest.mark.django_db


class TestAddToCart:
    def test_returns_the_line_as_it_is_now(self, item):
        added = add_to_cart(
            cart_id=item.cart_id, user_id=None, product_id=item.product_id, quantity=3
        )

        assert (added.pk, added.quantity) == (item.pk, 5)

    def test_fills_a_line_to_the_last_piece(self, item):
        added = add_to_cart(
            cart_id=item.cart_id,
            user_id=None,
            product_id=item.product_id,
            quantity=MAX_QUANTITY - 2,
        )

        assert added.quantity == MAX_QUANTITY

    def test_refuses_one_piece_more(self, item):
        with pytest.raises(QuantityTooLarge):
            add_to_cart(
                cart_id=item.cart_id,
                user_id=None,
                product_id=item.product_id,
                quantity=MAX_QUANTITY - 1,
            )

        assert CartItem.objects.get().quantity == 2

    def test_refuses_an_unknown_product(self, cart):
        with pytest.raises(ProductNotFound):
            add_to_cart(cart_id=cart.pk, user_id=None, product_id=0, quantity=1)

        assert not cart.items.exists()

    def test_refuses_an_unknown_cart(self, product):
        with pytest.raises(Cart.DoesNotExist):
            add_to_cart(cart_id=uuid4(), user_id=None, product_id=product.pk, quantity=1)

    def test_costs_a_constant_number_of_queries(self, item, django_assert_num_queries):
        # Two are the savepoint within the test's transaction.
        with django_assert_num_queries(5):
            add_to_cart(cart_id=item.cart_id, user_id=None, product_id=item.product_id, quantity=1)


class TestGone:
    """The line or its cart went away after it was read."""

    def test_a_line_of_an_ordered_cart_is_not_changed(self, item):
        Cart.objects.all().delete()

        with pytest.raises(Cart.DoesNotExist):
            change_quantity(item=item, user_id=None, quantity=1)

    def test_a_line_taken_out_is_not_changed(self, item):
        CartItem.objects.all().delete()

        with pytest.raises(CartItem.DoesNotExist):
            change_quantity(item=item, user_id=None, quantity=1)

        assert not CartItem.objects.exists()

    def test_a_line_of_an_ordered_cart_is_not_taken_out(self, item):
        Cart.objects.all().delete()

        with pytest.raises(Cart.DoesNotExist):
            remove_from_cart(item=item, user_id=None)

    def test_a_cart_is_deleted_once(self, cart):
        delete_cart(cart=Cart.objects.get(), user_id=None)

        with pytest.raises(Cart.DoesNotExist):
            delete_cart(cart=cart, user_id=None)
