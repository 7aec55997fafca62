"""`q=` finds products by their SKU, their collection and their tags, and forgives a mistake."""

import pytest
from django.core.management import call_command
from django.db import connection
from model_bakery import baker

from store.models import Collection, KnownWord, Product
from store.typos import is_near
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.django_db(transaction=connection.vendor == "mysql")
URL = "/store/products/"


def found(api_client, q, **query):
    response = api_client.get(URL, {"q": q, **query})
    assert response.status_code == 200, response.json()
    body = response.json()
    assert body["count"] == len(body["results"])
    return [product["title"] for product in body["results"]]


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def garden():
    return baker.make(Collection, title="Garden & Köttbulle")


@pytest.fixture
def spade(make_product, garden, collection):
    make_product(title="Apron", description="Worn in every garden", collection=collection)
    make_product(title="Other", description=None, collection=collection)
    return make_product(title="Spade", description=None, sku="AB-1234/x", collection=garden)


def tag(product, label):
    item = TaggedItem(tag=Tag.objects.create(label=label), content_object=product)
    item.save()
    return item


class TestSku:
    def test_is_found_by_its_words(self, api_client, spade):
        for text in ("AB-1234/x", "ab 12", "1234", "spade AB"):
            assert found(api_client, text) == ["Spade"]
        assert found(api_client, "34") == []

    def test_another_sku_is_found_from_then_on(self, api_client, spade):
        Product.objects.filter(pk=spade.pk).update(sku="ZZ9")
        assert (found(api_client, "1234"), found(api_client, "zz9")) == ([], ["Spade"])

        run("UPDATE store_product SET sku = NULL")
        assert found(api_client, "zz9") == []


class TestCollection:
    def test_title_is_found_beside_own_words(self, api_client, spade):
        assert sorted(found(api_client, "GARD")) == ["Apron", "Spade"]
        assert found(api_client, "garden spade") == ["Spade"]
        assert found(api_client, "garden kottbulle sp") == ["Spade"]
        assert found(api_client, "den") == []

    def test_renamed_collection(self, api_client, spade, garden):
        garden.title = "Terrace"
        garden.save()
        assert found(api_client, "terrace") == ["Spade"]
        assert found(api_client, "garden") == ["Apron"]

        run("UPDATE store_collection SET title = 'Pond' WHERE id = %s", garden.pk)
        assert (found(api_client, "terrace"), found(api_client, "pond")) == ([], ["Spade"])

    def test_product_that_moves(self, api_client, spade, collection):
        Product.objects.filter(pk=spade.pk).update(collection=collection)
        assert found(api_client, "garden") == ["Apron"]

    def test_what_the_index_calls_a_collection_is_no_word(self, api_client, spade, garden):
        for text in (f"c{garden.pk}", f"_c{garden.pk}_", f"c:{garden.pk}", str(garden.pk)):
            assert found(api_client, text) == [], text


class TestTags:
    def test_label_is_found_beside_own_words(self, api_client, spade, garden):
        tag(spade, "Hand-made, Größe L")

        for text in ("hand", "MADE", "grösse", "hand spade garden", "made hand 1234"):
            assert found(api_client, text) == ["Spade"], text
        assert found(api_client, "hand apron") == []

    def test_those_of_others_come_too(self, api_client, spade, make_product):
        tag(Product.objects.get(title="Other"), "Spades")
        assert sorted(found(api_client, "spade")) == ["Other", "Spade"]
        assert found(api_client, "spade", ordering="-title") == ["Spade", "Other"]
        # What has the word in its title comes first.
        assert found(api_client, "spade") == ["Spade", "Other"]

    def test_two_labels(self, api_client, spade):
        tag(spade, "green")
        tag(Product.objects.get(title="Other"), "greenish")
        tag(spade, "robust")
        assert sorted(found(api_client, "green")) == ["Other", "Spade"]
        assert found(api_client, "robust green") == ["Spade"]

    def test_renamed_and_deleted_tags(self, api_client, spade):
        item = tag(spade, "green")
        item.tag.label = "blue"
        item.tag.save()
        assert (found(api_client, "green"), found(api_client, "blue")) == ([], ["Spade"])

        item.tag.delete()
        assert found(api_client, "blue") == []

    def test_tag_of_something_else(self, api_client, spade, garden):
        tag(garden, "green")
        assert found(api_client, "green") == []

    def test_shop_without_tags(self, api_client, spade, settings):
        tag(spade, "green")
        settings.STORE_PRODUCT_LABELS = ["gone.search.Labels"]
        assert (found(api_client, "green"), found(api_client, "spade")) == ([], ["Spade"])


def test_unpublished_products_are_found_by_nobody_else(api_client, spade):
    Product.objects.filter(pk=spade.pk).update(is_published=False)
    assert (found(api_client, "spade"), found(api_client, "1234")) == ([], [])
    assert api_client.get(URL, {"search": "spade"}).json()["count"] == 0
    assert api_client.get(URL, {"search": "gard"}).json()["count"] == 1
    # Of what one sees nothing has the word, which is no reason to tell of what one does not.
    assert found(api_client, "spdae") == []


class TestTypos:
    @pytest.fixture(params=["known", "recent"])
    def kettle(self, request, make_product, collection):
        kettle = make_product(title="Kettle", description="чайник", collection=collection)
        if request.param == "known":
            call_command("learn_words")
            last = make_product(title="Zebra", description=None, collection=collection)
            assert not KnownWord.objects.filter(text="zebra").exists()
            last.delete()
        return kettle

    @pytest.mark.parametrize(
        "text",
        [
            *[
                "kettl",
                "kettel",
                "ketle",
                "kkettle",
                "ekttle",
                "kettlex",
                "kottle",
                "KETTLF",
                "xettle",
            ],
            *["чайинк", "чайнак", "kette"],
        ],
    )
    def test_one_is_forgiven(self, api_client, kettle, text):
        assert found(api_client, text) == ["Kettle"]

    @pytest.mark.parametrize(
        "text", ["kttl", "kotle", "kxxtle", "ekttel", "kett1e5", "12345", "xyzzy"]
    )
    def test_more_is_not(self, api_client, kettle, text):
        assert found(api_client, text) == []

    def test_words_of_four_letters_are_not(self, api_client, make_product):
        make_product(title="Cups")
        assert found(api_client, "cusp") == []

    def test_where_exact_words_find_something_it_is_not(self, api_client, kettle, make_product):
        make_product(title="Kettlf")
        assert found(api_client, "kettlf") == ["Kettlf"]

    def test_each_word_by_itself(self, api_client, kettle, make_product):
        make_product(title="Copper Kettle")
        assert found(api_client, "coper ketle") == ["Copper Kettle"]
        assert found(api_client, "copper ketle") == ["Copper Kettle"]
        assert found(api_client, "ketle zebra") == []

    def test_whatever_else_is_asked(self, api_client, make_product):
        make_product(title="Kettle", unit_price=10)
        make_product(title="Kettlf", unit_price=20)
        # The exact word finds something, if nothing at this price.
        assert found(api_client, "kettlf", price_max=15) == []

    def test_collection_and_tag(self, api_client, spade):
        tag(Product.objects.get(title="Other"), "Handmade")
        assert sorted(found(api_client, "gadren")) == ["Apron", "Spade"]
        assert found(api_client, "hadnmade") == ["Other"]

    def test_deleted_words_are_forgotten(self, api_client, kettle):
        kettle.delete()
        assert found(api_client, "ketle") == []
        call_command("learn_words")
        assert not KnownWord.objects.exists()


def test_known_words_follow_the_products(make_product):
    make_product(title="Kettle cup 12345", description="Kettle, whistling")
    call_command("learn_words")
    make_product(title="Kettle", description=None)
    Product.objects.filter(description__isnull=False).update(description="Quiet")

    call_command("learn_words")

    assert [*KnownWord.objects.values_list("text", "reversed", "products")] == [
        ("kettle", "elttek", 2),
        ("quiet", "teiuq", 1),
    ]


def test_a_word_that_somebody_else_learns_meanwhile_is_known_once(make_product):
    make_product(title="Kettle", description=None)

    def learn_meanwhile(execute, sql, *args):
        found = execute(sql, *args)
        if sql.startswith("SELECT") and "store_word" in sql:
            run("INSERT INTO store_word (text, reversed, products) VALUES ('kettle', 'elttek', 1)")
        return found

    with connection.execute_wrapper(learn_meanwhile):
        call_command("learn_words")

    assert [*KnownWord.objects.values_list("text", flat=True)] == ["kettle"]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        *[("kettle", "kettle", True), ("kettle", "kettl", True), ("kettle", "ekttle", True)],
        *[("kettle", "kettel", True), ("kettle", "kittle", True), ("kettle", "kettles", True)],
        *[("kettle", "ket", False), ("kettle", "ktetel", False), ("abcde", "acbed", False)],
    ],
)
def test_near_words(one, other, near):
    assert is_near(one, other) is near
    assert is_near(other, one) is near
