"""What a queryset loads into its rows is there in whatever way they are fetched."""

import pickle

import pytest
from django.db.models import Prefetch

from store.models import CartItem, Collection, Product

pytestmark = pytest.mark.django_db
FETCHES = {
    "iterator": lambda products: [*products.iterator()],
    "iterator in chunks": lambda products: [*products.iterator(chunk_size=1)],
    "first": lambda products: [products.first()],
    "get": lambda products: [products.filter(title="Teapot").get()],
    "in bulk": lambda products: [*products.in_bulk().values()],
    "or": lambda products: [*(products | products)],
    "slice": lambda products: products[:1],
    "prefetch": lambda products: (
        Collection.objects.prefetch_related(Prefetch("products", products)).get().products.all()
    ),
    "pickle": lambda products: pickle.loads(pickle.dumps(products)),
}


@pytest.mark.parametrize("way", FETCHES)
def test_products_have_the_prices_of_a_member(product, make_product, make_promotion, way):
    make_promotion(product, make_product(), memberships="G", discount=0.5)

    found = FETCHES[way](Product.objects.priced_for("G").order_by("-title"))

    assert {row.price for row in found} == {5}


def test_values_are_no_rows(product):
    titles = Product.objects.priced_for("G").values_list("title", flat=True)

    assert [*titles.iterator()] == [*titles] == ["Teapot"]


def test_items_can_be_pickled(item):
    (found,) = pickle.loads(pickle.dumps(CartItem.objects.priced_for(None)))

    assert found.price == 10
