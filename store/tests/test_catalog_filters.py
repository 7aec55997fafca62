from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from model_bakery import baker

from store.models import Collection, Product, Review
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.django_db
URL = "/store/products/"
PRICES = ["unit_price__gt", "unit_price__lt", "price_min", "price_max"]
COLLECTIONS = ["collection_id", "collection"]
NO_NUMBERS = ["abc", "1,5", "NaN", "sNaN", "-Infinity", "\0"]
UNBOUND = ["1e400", "-1e400", "1e49", "1e-400", "9" * 5000, "1." + "1" * 5000]


def titles(api_client, **query):
    response = api_client.get(URL, query)
    assert response.status_code == 200, response.json()
    body = response.json()
    assert body["count"] == len(body["results"])
    return " ".join(product["title"] for product in body["results"])


@pytest.fixture
def shelves(make_product):
    """Four products A to D, dear to cheap, in two collections; D is sold out."""
    kitchen, garden = (baker.make(Collection, title=title) for title in ("Kitchen", "Garden"))
    make_product(title="A", unit_price=40, collection=kitchen, description="Cast iron pan")
    make_product(title="B", unit_price=30, collection=kitchen, description="100% linen")
    make_product(title="C", unit_price=20, collection=garden, description=None)
    make_product(title="D", unit_price=10, collection=garden, description="Iron", inventory=0)
    return {"kitchen": kitchen.id, "garden": garden.id}


class TestOne:
    @pytest.mark.parametrize("name", COLLECTIONS)
    def test_collection(self, api_client, shelves, name):
        assert titles(api_client, **{name: shelves["garden"]}) == "C D"

    def test_price(self, api_client, shelves, subtests):
        for name, value, found in [
            ("unit_price__gt", "20", "A B"),
            ("unit_price__lt", "20", "D"),
            ("price_min", "20", "A B C"),
            ("price_max", "20", "C D"),
            ("unit_price__gt", "-1", "A B C D"),
            ("unit_price__gt", "999999999.99", ""),
            ("unit_price__lt", "1e3", "A B C D"),
            ("price_min", " 20 ", "A B C"),
        ]:
            with subtests.test(name=name, value=value, found=found):
                assert titles(api_client, **{name: value}) == found

    def test_price_is_compared_with_every_decimal(self, api_client, shelves, subtests):
        for name, value, found in [
            ("unit_price__gt", "19.999", "A B C"),
            ("unit_price__gt", "20.000000000000004", "A B"),
            ("unit_price__lt", "20.001", "C D"),
            ("unit_price__lt", "19.995", "D"),
            ("price_min", "20.001", "A B"),
            ("price_min", "19.995", "A B C"),
            ("price_max", "19.999", "D"),
            ("price_max", "20.005", "C D"),
        ]:
            with subtests.test(name=name, value=value, found=found):
                assert titles(api_client, **{name: value}) == found

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            (["true", "1", "True", "yes", "ON", " true "], "A B C"),
            (["false", "0", "FALSE", "No", "off"], "D"),
            ([" "], "A B C D"),
        ],
        ids=["yes", "no", "blank"],
    )
    def test_in_stock(self, api_client, shelves, words, found):
        shown = {word: titles(api_client, in_stock=word) for word in words}

        assert shown == dict.fromkeys(words, found)

    def test_rating_is_the_average_of_those_who_rated(self, api_client, make_product):
        for title, ratings in {"A": [5, 4], "B": [4, 4, None], "C": [None], "D": []}.items():
            product = make_product(title=title)
            for rating in ratings:
                baker.make(Review, product=product, rating=rating)

        assert titles(api_client, rating_min="4") == "A B"
        assert titles(api_client, rating_min="4.5") == "A"
        assert titles(api_client, rating_min="4.51") == ""

    def test_tag_is_one_of_a_product(self, api_client, make_product):
        product, other = make_product(title="A"), make_product(title="B")
        content_type = ContentType.objects.get_for_model(Product)
        for label, model in [("new", content_type), ("sale", content_type)]:
            tag = baker.make(Tag, label=label)
            baker.make(TaggedItem, tag=tag, content_type=model, object_id=product.id)
        collection_type = ContentType.objects.get_for_model(Collection)
        baker.make(TaggedItem, tag=tag, content_type=collection_type, object_id=other.id)

        assert titles(api_client, tag="sale") == titles(api_client, tag=tag.pk) == "A"
        assert titles(api_client, tag="sal") == titles(api_client, tag=tag.pk + 1) == ""
        assert titles(api_client, tag="9" * 18) == titles(api_client, tag="9" * 5000) == ""


class TestSearch:
    def test_every_word_is_in_a_text_of_the_product(self, api_client, shelves):
        found = {
            "b": "B",
            "iron": "A D",
            "IRO": "A D",
            "iron pan": "A",
            "pan iron": "A",
            '"cast iron"': "A",
            '"iron cast"': "",
            "0%": "B",
            "%": "B",
            "_": "",
            "chef's": "",
            "\\": "",
            "\U0001fad6": "",
            "   ": "A B C D",
            "x" * 255: "",
            # The last two are in the garden.
            "a " * 127: "A C D",
        }

        assert {text: titles(api_client, search=text) for text in found} == found

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("\0", "Null characters are not allowed."),
            ("x" * 256, "Ensure this field has no more than 255 characters."),
            ("a " * 50_000 + "a", "Ensure this field has no more than 255 characters."),
        ],
    )
    def test_text_that_no_database_takes_is_refused(self, api_client, product, text, message):
        response = api_client.get(URL, {"search": text})

        assert response.status_code == 400
        assert response.json() == {"search": [message]}


class TestTogether:
    def test_filters_narrow_each_other(self, api_client, shelves, subtests):
        for query, found in [
            ({"unit_price__gt": 10, "unit_price__lt": 40}, "B C"),
            ({"price_min": 10, "price_max": 20, "in_stock": "true"}, "C"),
            ({"search": "iron", "in_stock": "false"}, "D"),
            ({"search": "iron", "price_min": 20, "ordering": "-title"}, "A"),
            ({"price_min": 30, "price_max": 20}, ""),
            ({"ordering": "unit_price", "price_max": 30}, "D C B"),
        ]:
            with subtests.test(query=query, found=found):
                assert titles(api_client, **query) == found

    def test_filters_narrow_a_collection(self, api_client, shelves):
        query = {"collection_id": shelves["kitchen"], "unit_price__gt": 30, "search": "iron"}

        assert titles(api_client, **query) == "A"
        assert titles(api_client, **{**query, "collection": shelves["garden"]}) == ""

    def test_next_page_keeps_the_filters(self, api_client, shelves):
        body = api_client.get(URL, {"price_min": 20, "page_size": 2}).json()

        assert body["count"] == 3
        assert "price_min=20" in body["next"]
        assert [row["title"] for row in api_client.get(body["next"]).json()["results"]] == ["C"]


class TestCollectionTitle:
    def test_is_searched_like_the_own_texts(self, api_client, admin_client, make_product):
        found = {
            "Bath & Body": "Soap Towel",
            "body & bath": "Soap Towel",
            "&": "Salt & pepper Soap Towel",
            "bath linen": "Towel",
            '"Bath & Body"': "Soap Towel",
            '"Towel Bath"': "",
            "bath kitchen": "",
        }
        bath = baker.make(Collection, title="Bath & Body")
        make_product(title="Soap", collection=bath, description="Olive oil")
        make_product(title="Towel", collection=bath, description="100% linen")
        kitchen = baker.make(Collection, title="Kitchen")
        make_product(title="Salt & pepper", collection=kitchen, description="Pots")

        assert {text: titles(api_client, search=text) for text in found} == found
        for text, expected in found.items():
            page = admin_client.get("/admin/store/product/", {"q": text})
            assert " ".join(row.title for row in page.context["cl"].result_list) == expected

    def test_a_new_one_is_found_at_once(self, api_client, shelves):
        assert titles(api_client, search="cellar") == ""

        garden = Collection.objects.get(pk=shelves["garden"])
        garden.title = "Cellar"
        garden.save()

        assert titles(api_client, search="cellar") == "C D"

    def test_one_emoji_is_not_another(self, api_client, make_product):
        make_product(title="A", collection=baker.make(Collection, title="Gifts 🎁"))
        make_product(title="B", collection=baker.make(Collection, title="Parties 🎉"))

        assert titles(api_client, search="🎁") == "A"

    def test_as_many_words_as_a_search_holds(self, api_client, shelves):
        letters = " ".join(f"{chr(0x4E00 + i)}" for i in range(127))

        assert titles(api_client, search=letters) == ""


class TestNone:
    def test_empty_value_is_no_filter(self, api_client, shelves):
        names = [*PRICES, *COLLECTIONS, "in_stock", "tag", "rating_min", "search", "ordering"]
        shown = {name: titles(api_client, **{name: ""}) for name in names}

        assert shown == dict.fromkeys(names, "A B C D")

    def test_unknown_parameter_is_no_filter(self, api_client, shelves):
        assert titles(api_client, color="red") == "A B C D"


class TestRefused:
    @pytest.mark.parametrize(
        ("name", "values"),
        [
            *(
                (name, ["0", "-1", "1.5", "9" * 20, "9" * 5000, *NO_NUMBERS])
                for name in COLLECTIONS
            ),
            *((name, [*UNBOUND, *NO_NUMBERS]) for name in PRICES),
            ("rating_min", ["0", "0.99", "5.01", "-3", *UNBOUND, *NO_NUMBERS]),
            ("in_stock", ["maybe", "2", "-1", "truefalse", "null", "unknown", "\0"]),
        ],
        ids=lambda case: case if isinstance(case, str) else "",
    )
    def test_what_is_no_value_of_it(self, api_client, product, name, values):
        responses = [api_client.get(URL, {name: value}) for value in values]

        assert [response.status_code for response in responses] == [400] * len(values)
        assert [list(response.json()) for response in responses] == [[name]] * len(values)

    def test_neither_yes_nor_no_is_told(self, api_client, product):
        response = api_client.get(URL, {"in_stock": "maybe"})

        assert response.json() == {"in_stock": ["Must be true or false."]}

    def test_tag_with_nul(self, api_client, product):
        response = api_client.get(URL, {"tag": "a\0"})

        assert response.status_code == 400
        assert response.json() == {"tag": ["Null characters are not allowed."]}

    def test_every_bad_filter_is_named(self, api_client, product):
        response = api_client.get(URL, {"collection_id": "x", "price_min": "y"})

        assert sorted(response.json()) == ["collection_id", "price_min"]


def test_price_of_a_cent_more_is_above(api_client, make_product):
    for price in ("9999.98", "9999.99"):
        make_product(title=price, unit_price=Decimal(price))

    assert titles(api_client, unit_price__gt="9999.98") == "9999.99"
