from decimal import Decimal

import pytest
from model_bakery import baker

from store.exceptions import CollectionNotEmpty, ProductInOrders
from store.models import Collection, Order, OrderItem, Product, Review
from store.money import round_to_minor_unit, with_tax
from store.services.catalog import delete_collection, delete_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def ordered(product, django_user_model):
    """A product that somebody ordered."""
    order = Order.objects.create(customer=baker.make(django_user_model).customer)
    OrderItem.objects.create(order=order, product=product, quantity=1, unit_price=1)
    return product


class TestDeleteProduct:
    def test_takes_reviews_along(self, product):
        baker.make(Review, product=product)

        delete_product(product=product)

        assert not Product.objects.exists()
        assert not Review.objects.exists()

    def test_refuses_what_was_ordered_and_changes_nothing(self, ordered):
        baker.make(Review, product=ordered)

        with pytest.raises(ProductInOrders) as refusal:
            delete_product(product=ordered)

        assert refusal.value.message == (
            "Product cannot be deleted because it is associated with an order item."
        )
        assert (refusal.value.status_code, refusal.value.code) == (405, "product_in_orders")
        assert ordered.reviews.count() == 1

    def test_deletes_once_the_order_is_gone(self, ordered):
        OrderItem.objects.all().delete()

        delete_product(product=ordered)

        assert not Product.objects.exists()


class TestDeleteCollection:
    def test_deletes_an_empty_one(self, collection):
        delete_collection(collection=collection)

        assert not Collection.objects.exists()

    def test_refuses_one_with_products_and_changes_nothing(self, product, collection):
        with pytest.raises(CollectionNotEmpty) as refusal:
            delete_collection(collection=collection)

        assert refusal.value.message == (
            "Collection cannot be deleted because it includes one or more products."
        )
        assert (refusal.value.status_code, refusal.value.code) == (405, "collection_not_empty")
        assert Product.objects.get() == product

    def test_featured_product_does_not_keep_its_collection(self, product):
        other = baker.make(Collection, featured_product=product)

        delete_collection(collection=other)

        assert Product.objects.get() == product


def test_half_a_cent_goes_up(subtests):
    for amount, rounded in [
        ("0.005", "0.01"),
        ("0.0049", "0.00"),
        ("2.675", "2.68"),
        ("7", "7.00"),
    ]:
        with subtests.test(amount=amount, rounded=rounded):
            assert str(round_to_minor_unit(Decimal(amount))) == rounded


@pytest.mark.parametrize(
    ("rate", "price", "taxed"),
    [("0.10", "19.50", "21.45"), ("0", "1.00", "1.00"), ("1", "9999.99", "19999.98")],
)
def test_tax_comes_on_top(settings, rate, price, taxed):
    settings.STORE_TAX_RATE = Decimal(rate)

    assert str(with_tax(Decimal(price))) == taxed


@pytest.mark.parametrize(
    ("stock", "found"),
    [(0, "sold out, low"), (1, "in stock, low"), (9, "in stock, low")]
    + [(10, "in stock"), (11, "in stock")],
)
def test_stock_has_names(make_product, stock, found):
    make_product(inventory=stock)
    names = {
        "in stock": Product.objects.in_stock(),
        "sold out": Product.objects.sold_out(),
        "low": Product.objects.low_on_stock(),
    }

    assert ", ".join(name for name, products in names.items() if products.exists()) == found


def test_collections_count_their_products_with_bounded_work(
    make_product, collection, django_assert_num_queries
):
    empty = baker.make(Collection, title="Attic")
    make_product()
    make_product()

    with django_assert_num_queries(1):
        counts = {row.pk: row.products_count for row in Collection.objects.with_products_count()}

    assert counts == {collection.pk: 2, empty.pk: 0}


def test_average_leaves_out_those_who_did_not_rate(make_product):
    product, unrated = make_product(), make_product()
    for rating in (5, 4, None):
        baker.make(Review, product=product, rating=rating)
    baker.make(Review, product=unrated, rating=None)

    def rated_at_least(rating):
        found = Review.objects.products_rated_at_least(Decimal(rating))
        return list(found.values_list("product_id", flat=True))

    assert rated_at_least("4.5") == [product.pk]
    assert rated_at_least("4.51") == []
