"""A save that a rollback has undone counts as not written; one that was committed does not."""

import copy
import pickle

import pytest
from django.db import transaction
from model_bakery import baker

from store.models import Cart, Product, Review

pytestmark = pytest.mark.django_db


def pickled(row):
    return pickle.loads(pickle.dumps(row))


@pytest.fixture
def pair():
    """One product as two people have read it."""
    product = baker.make(Product, title="Teapot", slug="teapot", inventory=5)
    return Product.objects.get(pk=product.pk), Product.objects.get(pk=product.pk)


def test_what_a_rollback_undid_is_written_by_the_next_save(pair):
    first, _ = pair
    first.title = "Blue teapot"
    with transaction.atomic():
        first.save()
        transaction.set_rollback(True)

    first.slug = "blue"
    first.save()

    stored = Product.objects.get()
    assert (stored.title, stored.slug) == ("Blue teapot", "blue")


def test_a_new_row_whose_insertion_was_undone_is_inserted_again(pair):
    review = Review(product=pair[0], name="Ann", description="Good")
    with transaction.atomic():
        review.save()
        transaction.set_rollback(True)

    review.save()

    assert Review.objects.get() == review


def test_what_was_read_again_after_a_rollback_is_not_written(pair):
    first, second = pair
    first.title = "Blue teapot"
    with transaction.atomic():
        first.save()
        transaction.set_rollback(True)
    first.refresh_from_db()
    second.title = "Red teapot"
    second.save()

    first.slug = "blue"
    first.save()

    assert Product.objects.get().title == "Red teapot"


def test_a_key_that_somebody_has_since_is_not_taken(pair):
    review = Review(product=pair[0], name="Ann", description="Good")
    with transaction.atomic():
        review.save()
        transaction.set_rollback(True)
    Review.objects.create(pk=review.pk, product=pair[0], name="Bob", description="Bad")

    review.save()

    assert {*Review.objects.values_list("name", flat=True)} == {"Ann", "Bob"}


def test_a_manual_savepoint_counts_too(pair):
    first, _ = pair
    savepoint = transaction.savepoint()
    first.title = "Blue teapot"
    first.save()
    transaction.savepoint_rollback(savepoint)

    first.save()

    assert Product.objects.get().title == "Blue teapot"


@pytest.mark.django_db(transaction=True)
class TestCommitted:
    def test_a_callback_that_fails_undoes_nothing(self, pair):
        first, second = pair

        def fail():
            raise ZeroDivisionError

        @transaction.atomic
        def save():
            transaction.on_commit(fail)
            first.save()

        first.title = "Blue teapot"
        with pytest.raises(ZeroDivisionError):
            save()
        second.title = "Red teapot"
        second.save()
        first.slug = "blue"
        first.save()

        assert Product.objects.get().title == "Red teapot"

    def test_a_callback_saves_the_row_that_follows(self):
        cart = Cart()
        with transaction.atomic():
            transaction.on_commit(cart.save)
            cart.save()

        assert Cart.objects.get() == cart

    @pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
    def test_a_copy_made_in_the_transaction(self, pair, duplicate):
        first, second = pair
        first.title = "Blue teapot"
        with transaction.atomic():
            first.save()
            copied = duplicate(first)
        second.title = "Red teapot"
        second.save()

        copied.slug = "blue"
        copied.save()

        assert Product.objects.get().title == "Red teapot"
