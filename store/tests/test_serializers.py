"""A serializer that a developer of the shop writes or extends shows what Django REST framework would show."""

import gc
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from weakref import ref

import pytest
from rest_framework import serializers
from rest_framework.test import APIRequestFactory

from store.models import Cart, Collection, Product, ProductImage
from store.serializers import (
    AmountField,
    CartSerializer,
    CollectionSerializer,
    ProductSerializer,
    SimpleProductSerializer,
)
from store.serializers.catalog import load_supplied
from storefront.serializers import ModelSerializer, values_of

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def shown(kind, instance, **context):
    """Return what a serializer shows, which is what it shows in the usual way."""
    usual = kind(instance, context=context)
    # Who asks for its fields has it go the usual way.
    assert usual.fields
    data = kind(instance, context=context).data
    assert [*data.items()] == [*usual.data.items()]
    assert kind([instance] * 2, many=True, context=context).data == [data] * 2
    return data


def of_product(*names, **declared):
    """Return a new serializer of products with these fields."""
    meta = type("Meta", (), {"model": Product, "fields": [*names, *declared]})
    return type("Extended", (ModelSerializer,), {**declared, "Meta": meta})


class ChosenSerializer(SimpleProductSerializer):
    def __init__(self, *args, only=(), **kwargs):
        super().__init__(*args, **kwargs)
        for name in {*self.fields} - {*only}:
            del self.fields[name]


class OwnKeyField(serializers.PrimaryKeyRelatedField):
    pass


FIELDS = {
    "path": lambda: serializers.CharField(source="collection.title"),
    "link": lambda: serializers.HyperlinkedIdentityField(view_name="product-detail"),
    "whole row": lambda: SimpleProductSerializer(source="*"),
    "chosen": lambda: ChosenSerializer(source="*", only=["title"]),
    "chosen, many": lambda: ChosenSerializer(source="get_twice", only=["title"], many=True),
    "missing, with a default": lambda: serializers.CharField(source="no.where", default="none"),
    "missing, not required": lambda: serializers.CharField(source="no.where", required=False),
    "no key": lambda: serializers.PrimaryKeyRelatedField(
        source="collection.featured_product",
        read_only=True,
        pk_field=serializers.IntegerField(),
    ),
    "no key, own field": lambda: OwnKeyField(
        source="collection.featured_product",
        read_only=True,
        pk_field=serializers.IntegerField(),
    ),
    "no link": lambda: serializers.HyperlinkedRelatedField(
        source="collection.featured_product", read_only=True, view_name="product-detail"
    ),
    "keys": lambda: serializers.PrimaryKeyRelatedField(source="images", many=True, read_only=True),
    "list": lambda: serializers.ListField(child=serializers.CharField(), source="get_twice"),
    "secret": lambda: serializers.CharField(write_only=True),
}


@pytest.mark.parametrize("name", FIELDS)
def test_shows_a_field_of_any_kind(monkeypatch, product, name):
    monkeypatch.setattr(Product, "get_twice", lambda row: [row, row], raising=False)
    ProductImage.objects.create(product=product, image="a.png")
    request = APIRequestFactory().get("/")

    data = shown(of_product("id", own=FIELDS[name]()), product, request=request)

    if name == "chosen":
        assert data["own"] == {"title": "Teapot"}


@pytest.mark.parametrize(
    "attribute",
    [
        property(lambda row: Product.objects.get(pk=0)),
        property(lambda row: row.collection.nothing),
        lambda row: "called",
    ],
    ids=["of no row", "of no attribute", "method"],
)
def test_shows_a_property_as_usual(monkeypatch, product, attribute):
    monkeypatch.setattr(Product, "price_with_tax", attribute)
    values_of.cache_clear()
    kind = of_product("id", price_with_tax=serializers.CharField(default="none"))

    shown(kind, product)
    values_of.cache_clear()


@pytest.mark.parametrize(
    ("method", "chosen"),
    [
        ("get_field_names", lambda self, *args: self.context["names"]),
        (
            "get_fields",
            lambda self: {name: serializers.CharField() for name in self.context["names"]},
        ),
        (
            "build_field",
            lambda self, name, *args: (
                serializers.CharField,
                {"write_only": name not in self.context["names"]},
            ),
        ),
    ],
)
def test_chooses_fields_for_a_request(product, method, chosen):
    kind = type("Chosen", (of_product("id", "title"),), {method: chosen})

    for names in (["title"], ["id", "title"], ["id"]):
        assert [*shown(kind, product, names=names)] == names


def test_shows_what_is_no_row():
    kind = of_product("title", "slug")
    kind.Meta.extra_kwargs = {"slug": {"required": False}}

    assert shown(kind, {"title": "Cup"}) == {"title": "Cup"}
    assert shown(kind, SimpleNamespace(title="Cup")) == {"title": "Cup"}


def test_shows_rows_that_nothing_was_loaded_into(product, cart):
    shown(ProductSerializer, Product.objects.get())
    shown(ProductSerializer, Product.objects.only("title").get())
    shown(SimpleProductSerializer, Product())
    shown(CollectionSerializer, Collection())
    shown(CollectionSerializer, Collection.objects.get())
    shown(CartSerializer, Cart.objects.get())


def test_shows_a_price_that_was_given_as_an_integer(collection):
    product = Product.objects.create(title="Cup", unit_price=10, inventory=1, collection=collection)

    assert shown(ProductSerializer, product)["price"] == 10


def test_each_request_has_its_own_host(product):
    ProductImage.objects.create(product=product, image="a.png")
    # All that is shown: a thread would open a connection of its own for what is not loaded.
    loaded = Product.objects.with_images().with_ratings().loading(load_supplied)
    row = loaded.priced_for(None).get()

    def names_its_host(number):
        host = ["localhost", "127.0.0.1", "testserver"][number % 3]
        request = APIRequestFactory().get("/", headers={"host": host})
        (image,) = ProductSerializer(row, context={"request": request}).data["images"]
        return image["image"].startswith(f"http://{host}/")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(names_its_host, range(200)))


def test_a_class_that_a_view_makes_for_a_request_goes_with_it(product):
    kind = of_product("title", price=AmountField())
    shown(kind, product)
    gone = ref(kind)

    del kind
    gc.collect()

    assert gone() is None
