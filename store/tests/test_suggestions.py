"""`products/suggest/`: what somebody may mean who is still typing."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from model_bakery import baker

from store.models import Collection, Product
from tags.models import Tag, TaggedItem

# InnoDB finds words once they are committed.
pytestmark = pytest.mark.django_db(transaction=connection.vendor == "mysql")

URL = "/store/products/suggest/"


@pytest.fixture
def shelf(make_product):
    cups = baker.make(Collection, title="Cups and pots")
    products = [
        make_product(title="Tea Cup", slug="tea-cup", collection=cups),
        make_product(title="Saucer", description="For a cup.", collection=cups),
        make_product(title="Cup of gold", is_published=False, collection=cups),
    ]
    tag = baker.make(Tag, label="cup-lovers")
    content_type = ContentType.objects.get_for_model(Product)
    TaggedItem.objects.create(tag=tag, content_type=content_type, object_id=products[0].pk)
    return products


@pytest.fixture
def suggested(api_client):
    def suggested(text):
        response = api_client.get(URL, {"q": text})
        assert response.status_code == 200, response.json()
        return response.json()

    return suggested


def test_titles_collections_and_tags(suggested, shelf):
    cup = shelf[0]
    assert suggested("CU") == {
        "products": [{"id": cup.pk, "title": "Tea Cup", "slug": "tea-cup", "image": None}],
        "collections": [{"id": cup.collection_id, "title": "Cups and pots"}],
        "tags": ["cup-lovers"],
    }


@pytest.mark.parametrize("text", ["tea c", "cup, tea", "c t", "  tea  "])
def test_each_word_begins_one_of_the_title(suggested, shelf, text):
    assert [row["title"] for row in suggested(text)["products"]] == ["Tea Cup"]


@pytest.mark.parametrize("text", ["T-Shirt", "shirt", "o'neill", "neill", "(steel", "STEEL", "50"])
def test_any_sign_ends_a_word(suggested, make_product, text):
    make_product(title="T-Shirt O'Neill (Steel)_50")
    assert [row["title"] for row in suggested(text)["products"]] == ["T-Shirt O'Neill (Steel)_50"]


def test_words_of_other_texts_are_no_title(suggested, make_product):
    make_product(title="Cup", sku="AB-1234", description="Blue")
    for text in ("AB", "1234", "blue", "cup ab"):
        assert suggested(text)["products"] == []


@pytest.mark.parametrize("text", ["", " ", "-", "ea", "tea nothing", "\"'*():&|!<>%_\\", "😀"])
def test_nothing_without_such_a_word(suggested, shelf, text):
    assert suggested(text) == {"products": [], "collections": [], "tags": []}


@pytest.mark.parametrize("text", ["ab " * 84, "x" * 255, "' OR 1=1 --", "tea' & 'x", 'tea" OR "x'])
def test_whatever_is_typed_is_words(suggested, shelf, text):
    assert suggested(text)["products"] == []


@pytest.mark.parametrize("text", ["x" * 256, "a\0"])
def test_what_is_no_text_is_refused(api_client, text):
    response = api_client.get(URL, {"q": text})
    assert (response.status_code, [*response.json()]) == (400, ["q"])


def test_ten_in_all(suggested, make_product):
    for number in range(12):
        make_product(title=f"Cup {number}")
        baker.make(Collection, title=f"Cups {number}")
        baker.make(Tag, label=f"cup{number}")
    body = suggested("cup")
    assert [len(body[name]) for name in ("products", "collections", "tags")] == [4, 3, 3]


def test_staff_find_what_is_not_published(suggested, authenticate, shelf):
    authenticate(is_staff=True)
    titles = {row["title"] for row in suggested("cup")["products"]}
    assert titles == {"Tea Cup", "Cup of gold"}


def test_costs_the_same_however_much_is_found(
    suggested, make_product, django_assert_max_num_queries
):
    for number in range(12):
        make_product(title=f"Cup {number}")
    # PostgreSQL is asked how many products it expects, too.
    with django_assert_max_num_queries(8):
        suggested("cup")
