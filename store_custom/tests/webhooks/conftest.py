import pytest
from model_bakery import baker

from store.models import Cart, CartItem, Collection, Product
from store.services.orders import place_order
from store_custom.webhooks import EVENT_TYPES
from webhooks.models import Endpoint, Event


@pytest.fixture
def endpoint(db):
    """An endpoint that asks for everything; nothing is sent, as no transaction of a test is committed."""
    return Endpoint.objects.create(url="https://crm.example.com/", event_types=[*EVENT_TYPES])


@pytest.fixture
def make_product():
    collection = baker.make(Collection, title="Kitchen")

    def make_product(**fields):
        usual = {"title": "Cup", "slug": "cup", "unit_price": 12, "inventory": 50}
        product = Product.objects.create(collection=collection, **{**usual, **fields})
        Event.objects.all().delete()
        return product

    return make_product


@pytest.fixture
def product(make_product):
    return make_product(sku="CUP-1")


@pytest.fixture
def buy(register):
    user = register("zoe", first_name="Zoe", last_name="Miller")

    def buy(product, quantity=2):
        cart = Cart.objects.create()
        CartItem.objects.create(cart=cart, product=product, quantity=quantity)
        return place_order(cart_id=cart.pk, user_id=user.pk).order

    return buy
