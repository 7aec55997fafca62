"""Filters by which a front-end finds certain products, alone and several at once."""

import pytest
from django.contrib.contenttypes.models import ContentType
from model_bakery import baker

from likes.models import LikedItem
from store.models import Collection, Product
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.django_db

PRODUCTS = "/store/products/"


@pytest.fixture
def shelves(make_product):
    """Make a cup, a pot and a pan, each in a collection and with a tag of its own; return them by title."""
    content_type = ContentType.objects.get_for_model(Product)
    made = {}
    for title in ["Cup", "Pot", "Pan"]:
        collection = baker.make(Collection, title=f"{title}s")
        made[title] = make_product(title=title, slug=title.lower(), collection=collection)
        tag = baker.make(Tag, label=f"{title}-Tag")
        TaggedItem.objects.create(tag=tag, content_type=content_type, object_id=made[title].pk)
    return made


@pytest.fixture
def titles(api_client):
    def titles(query):
        body = api_client.get(f"{PRODUCTS}?{query}").json()
        assert body["count"] == len(body["results"])
        return [row["title"] for row in body["results"]]

    return titles


class TestSlug:
    def test_is_exact(self, titles, shelves):
        assert titles("slug=pot") == ["Pot"]
        for other in ("po", "POT", "pöt"):
            assert titles(f"slug={other}") == []


class TestIds:
    def test_finds_those_that_are_there(self, titles, shelves):
        cup, pot = shelves["Cup"].pk, shelves["Pot"].pk
        assert titles(f"ids={pot},{cup},{cup},999999,{'9' * 30}") == ["Cup", "Pot"]
        assert titles(f"ids=%20{pot}%20,") == ["Pot"]
        assert titles("ids=999999") == []
        assert titles(f"ids={cup}&ids={pot}") == ["Cup", "Pot"]

    @pytest.mark.parametrize("value", ["", ",", " "])
    def test_none_is_no_filter(self, titles, shelves, value):
        assert len(titles(f"ids={value}")) == 3

    @pytest.mark.parametrize(
        "value", ["x", "1,x", "-1", "1.5", "1;2", ",".join(map(str, range(101)))]
    )
    def test_refuses(self, api_client, shelves, value):
        response = api_client.get(PRODUCTS, {"ids": value})
        assert (response.status_code, [*response.json()]) == (400, ["ids"])


class TestSeveral:
    def test_collections_are_joined_by_or(self, titles, shelves):
        cups, pots = shelves["Cup"].collection_id, shelves["Pot"].collection_id
        assert titles(f"collection={cups}&collection={pots}") == ["Cup", "Pot"]
        assert titles(f"collection={cups}&collection=") == ["Cup"]
        assert titles(f"collection_id={pots}") == ["Pot"]

    def test_tags_are_joined_by_or_whatever_their_case(self, titles, shelves):
        assert titles("tag=CUP-tag&tag=pan-TAG&tag=none") == ["Cup", "Pan"]
        assert titles("tag=&tag=") == ["Cup", "Pan", "Pot"]

    def test_one_filter_and_another_are_joined_by_and(self, titles, shelves):
        cups, pots = shelves["Cup"].collection_id, shelves["Pot"].collection_id
        assert titles(f"collection={cups}&collection={pots}&tag=cup-tag&tag=pan-tag") == ["Cup"]

    def test_an_unknown_one_among_them_is_refused(self, api_client, shelves):
        cups = shelves["Cup"].collection_id
        for value in ["999999", "x", "9" * 40, "\x00"]:
            response = api_client.get(PRODUCTS, {"collection": [cups, value]})
            assert (response.status_code, [*response.json()]) == (400, ["collection"])

    def test_too_many_are_refused(self, api_client, shelves):
        response = api_client.get(PRODUCTS, {"tag": [str(number) for number in range(101)]})
        assert (response.status_code, [*response.json()]) == (400, ["tag"])


class TestFeatured:
    def test_is_what_a_collection_features(self, titles, shelves):
        Collection.objects.filter(title__in=["Cups", "Pots"]).update(
            featured_product=shelves["Pan"]
        )
        assert titles("featured=true") == ["Pan"]
        assert titles("featured=false") == ["Cup", "Pot"]


class TestLiked:
    def test_is_one_s_own(self, titles, sign_in, shelves):
        assert titles("liked=true") == []
        assert len(titles("liked=false")) == 3
        content_type = ContentType.objects.get_for_model(Product)
        for name, title in [("ann", "Cup"), ("bob", "Pot")]:
            user = sign_in(name)
            liked = {"content_type": content_type, "object_id": shelves[title].pk}
            LikedItem.objects.create(user=user, **liked)
        assert titles("liked=true") == ["Pot"]
        assert titles("liked=false") == ["Cup", "Pan"]

    def test_what_is_neither_is_refused(self, api_client):
        assert [*api_client.get(f"{PRODUCTS}?liked=maybe").json()] == ["liked"]


class TestRelations:
    """What tags and likes point to: `content_type` and `object_id`."""

    def test_tagged_items_of_one_object(self, api_client, shelves):
        pot = shelves["Pot"].pk
        url = f"/tags/items/?content_type=Store.Product&object_id={pot}"
        assert [row["object_id"] for row in api_client.get(url).json()] == [pot]
        assert api_client.get("/tags/items/?content_type=store.order").json() == []
        assert len(api_client.get("/tags/items/?content_type=&object_id=").json()) == 3

    def test_likes_of_one_object(self, api_client, sign_in, shelves):
        user = sign_in()
        for product in shelves.values():
            api_client.post("/likes/", {"content_type": "store.product", "object_id": product.pk})
        other = sign_in("bob")
        assert (user.likes.count(), other.likes.count()) == (3, 0)
        pot = shelves["Pot"].pk
        url = f"/likes/?content_type=store.product&object_id={pot}"
        assert api_client.get(url).json() == []
        api_client.force_authenticate(user)
        assert [row["object_id"] for row in api_client.get(url).json()] == [pot]

    @pytest.mark.parametrize("path", ["/tags/items/", "/likes/"])
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("content_type", "x"),
            ("content_type", "store.nothing"),
            ("content_type", "a.b.c"),
            ("content_type", "\x00"),
            ("object_id", "x"),
            ("object_id", "-1"),
            ("object_id", "1.5"),
            ("object_id", "9" * 30),
        ],
    )
    def test_refuse(self, api_client, sign_in, path, name, value):
        sign_in()
        response = api_client.get(path, {name: value})
        assert (response.status_code, [*response.json()]) == (400, [name])
