"""`search=` finds parts of texts, whatever the case of their letters, and holds up nobody."""

import pytest
from django.db import connection
from model_bakery import baker

from store import search_limits
from store.fulltext import plans, postgresql
from store.models import Collection, KnownWord, Product
from store.tests.reports.test_limits import ENDLESS

pytestmark = pytest.mark.django_db(transaction=connection.vendor == "mysql")
URL = "/store/products/"


def found(api_client, search, **query):
    response = api_client.get(URL, {"search": search, **query})
    assert response.status_code == 200, response.json()
    body = response.json()
    assert body["count"] == len(body["results"])
    return [product["title"] for product in body["results"]]


class TestCase:
    @pytest.mark.parametrize(
        "text",
        ["ärmelÄ", "ÄRMEL", "rmel", "Är", "äR", "ä", "чайник", "АЙН", "Чай", "чА", "τσάι", "ΣΆΙ"],
    )
    def test_is_ignored_beyond_ascii(self, api_client, make_product, text):
        make_product(title="ÄrmelÄ Чайник", description="ΤΣΆΙ")
        make_product(title="Other", description=None)
        assert found(api_client, text) == ["ÄrmelÄ Чайник"]

    def test_of_a_collection(self, api_client, make_product):
        make_product(title="Cup", collection=baker.make(Collection, title="КУХНЯ Öl"))
        for text in ("кух", "öl", "Ö", "cup кухня"):
            assert found(api_client, text) == ["Cup"]


class TestSigns:
    @pytest.mark.parametrize(
        "text",
        [
            *["100%", "0% c", "%", "a_b", "_", "\\", "c\\d", "o'neil", "(x", "x)*", "茶壶茶", "🛒"],
            *['"50 x"', "50 x 50", "NOT", "b AND", "near(", ":*", "^", "-1", "---", "é́", "☃☃☃"],
        ],
    )
    def test_are_found_as_they_are(self, api_client, make_product, text):
        title = "100% cotton a_b AND c\\d o'neil (x)* 50 x 50 NOT near( :* ^ -1 --- 🛒☃☃☃ 茶壶茶 é́"
        make_product(title=title)
        make_product(title="Other", description=None)
        assert found(api_client, text) == [title]

    def test_parts_do_not_span_texts(self, api_client, make_product):
        make_product(title="Cup", sku="SKU1", description="Blue")
        for text in ("cupsku", '"cup sku1"', "cup\x01sku1", "sku1\x01blue"):
            assert found(api_client, text) == []
        for text in ("cup sku1 blue", "KU1", "lue up"):
            assert found(api_client, text) == ["Cup"]

    def test_quotation_mark(self, api_client, make_product):
        make_product(title='Screen 27" wide')
        assert found(api_client, '27"') == ['Screen 27" wide']

    def test_long_texts(self, api_client, make_product):
        make_product(title="x" * 255)
        assert found(api_client, "X" * 255) == ["x" * 255]
        assert found(api_client, " ".join(["xx", "xxx", "xxxx"] * 20)) == ["x" * 255]
        assert api_client.get(URL, {"search": "x" * 256}).status_code == 400
        assert api_client.get(URL, {"search": "x\0"}).status_code == 400


class TestChanges:
    def test_what_is_written_is_found(self, api_client, make_product):
        cup = make_product(title="Cup", description=None)
        Product.objects.filter(pk=cup.pk).update(title="Mug", sku="QQ77", description="Rößler")
        assert found(api_client, "cup") == []
        for text in ("mug", "q77", "ÖßL"):
            assert found(api_client, text) == ["Mug"]

        with connection.cursor() as cursor:
            cursor.execute("UPDATE store_product SET title = 'Jug', description = NULL")
        assert (found(api_client, "mug"), found(api_client, "jug")) == ([], ["Jug"])
        assert found(api_client, "ößl") == []

        cup.delete()
        assert found(api_client, "jug") == []


class TestCap:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch):
        monkeypatch.setattr(plans, "CAP", 12)
        monkeypatch.setattr(plans, "DENSE", 20)

    @pytest.fixture
    def cups(self, collection):
        cups = [
            Product(
                title=f"Cup {n:02}", slug="", unit_price=n + 1, inventory=1, collection=collection
            )
            for n in range(25)
        ]
        Product.objects.bulk_create(reversed(cups))

    @pytest.mark.parametrize("query", ["q=cup", "search=cup", "search=up&q=cu", "search=u"])
    def test_next_leads_past_what_is_counted(self, api_client, cups, query):
        titles, url, sent = [], f"{URL}?{query}&page_size=7", []
        while url:
            body = api_client.get(url).json()
            sent.append((body["count"], body.get("count_is_capped")))
            titles += [product["title"] for product in body["results"]]
            url = body["next"]

        assert titles == [f"Cup {n:02}" for n in range(25)]
        assert sent == [(12, True)] * 4

    @pytest.mark.parametrize("page", ["5", "1000000", "9" * 30, "0", "-1", "x", "²"])
    def test_page_that_is_none(self, api_client, cups, page):
        response = api_client.get(URL, {"q": "cup", "page_size": 7, "page": page})
        assert response.status_code == 404

    @pytest.mark.parametrize("page", [3, 4, 5])
    def test_page_beyond_what_is_counted_is_shown_to_people(self, api_client, cups, page):
        query = {"q": "cup", "page_size": 5, "page": page}
        response = api_client.get(URL, query, headers={"Accept": "text/html"})
        assert response.status_code == 200
        assert f"Cup {page * 5 - 5:02}" in response.text

    def test_order_and_filters(self, api_client, cups):
        body = api_client.get(URL, {"q": "cup", "ordering": "-unit_price"}).json()
        assert [row["title"] for row in body["results"]][:2] == ["Cup 24", "Cup 23"]

        body = api_client.get(URL, {"q": "cup", "price_max": 5}).json()
        assert (body["count"], "count_is_capped" in body) == (5, False)

    def test_count_that_is_reached_but_not_passed(self, api_client, cups):
        body = api_client.get(URL, {"search": "cup", "price_max": 12}).json()
        assert (body["count"], "count_is_capped" in body) == (12, False)

    def test_list_without_a_search_is_counted(self, api_client, cups):
        body = api_client.get(URL).json()
        assert (body["count"], "count_is_capped" in body) == (25, False)

    @pytest.mark.skipif(connection.vendor != "mysql", reason="others count what they find")
    def test_words_known_as_common_are_not_counted(self, api_client, cups):
        KnownWord.objects.create(text="cup", reversed="puc", products=25)
        body = api_client.get(URL, {"q": "cup"}).json()
        assert (body["count"], body["count_is_capped"]) == (12, True)
        assert [row["title"] for row in body["results"]][:2] == ["Cup 00", "Cup 01"]

    @pytest.mark.parametrize("ordering", ["", "title"])
    def test_words_known_as_common_are_counted_under_a_filter(self, api_client, cups, ordering):
        KnownWord.objects.create(text="cup", reversed="puc", products=25)
        body = api_client.get(URL, {"q": "cup", "price_max": 11, "ordering": ordering}).json()
        assert (body["count"], "count_is_capped" in body) == (11, False)

    def test_one_product_with_two_words_of_the_same_start_counts_once(
        self, api_client, make_product
    ):
        for number in range(11):
            make_product(title=f"Cup {number}", description="Of two cups")
        for text in ("cup", "cups"):
            KnownWord.objects.create(text=text, reversed=text[::-1], products=11)
        body = api_client.get(URL, {"q": "cup"}).json()
        assert (body["count"], "count_is_capped" in body) == (11, False)


@pytest.mark.parametrize("query", ["q=cup&ids=", "search=cup&ids=", "q=!&search=cup&ids="])
def test_ids_that_no_product_can_have_find_nothing(api_client, product, query):
    assert api_client.get(f"{URL}?{query}{'9' * 20}").json()["count"] == 0


@pytest.mark.django_db(transaction=True)
def test_first_request_of_a_connection(api_client, product):
    for query in ("q=teapot", "search=teapot", "search=te"):
        connection.close()
        vars(connection).pop("mysql_server_data", None)
        vars(connection).pop("mysql_server_info", None)
        vars(connection).pop("mysql_is_mariadb", None)
        assert api_client.get(f"{URL}?{query}").json()["count"] == 1


class TestLimits:
    SLOW = "cup" if connection.vendor == "mysql" else "cu"

    def test_one_at_a_time(self, api_client, product, monkeypatch):
        monkeypatch.setattr(search_limits.searches, "seconds", 0.01)
        with search_limits.searches.lock:
            response = api_client.get(URL, {"search": self.SLOW})
            assert api_client.get(URL, {"q": "teapot"}).status_code == 200
            assert api_client.get(URL).status_code == 200

        assert response.status_code == 503
        assert response.headers["Retry-After"] == "3"
        assert response.json()["code"] == "search_busy"
        assert api_client.get(URL, {"search": self.SLOW}).status_code == 200

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="others need no extension")
    def test_without_an_index_of_parts_every_one_is_slow(self, api_client, product, monkeypatch):
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX product_parts")
        monkeypatch.setattr(postgresql, "with_index_of_parts", set())
        monkeypatch.setattr(search_limits.searches, "seconds", 0.01)
        with search_limits.searches.lock:
            response = api_client.get(URL, {"search": "teapot"})
        assert (response.status_code, response.json()["code"]) == (503, "search_busy")
        assert found(api_client, "teapot") == [product.title]

    def test_slow_statement_is_stopped(self, api_client, product, monkeypatch, settings):
        def counted(products):
            with connection.cursor() as cursor:
                cursor.execute(ENDLESS[connection.vendor])

        settings.STORE_SEARCH_SECONDS = 1
        monkeypatch.setattr(plans, "counted", counted)
        response = api_client.get(URL, {"search": self.SLOW})

        assert response.status_code == 503
        assert response.headers["Retry-After"] == "60"
        assert response.json()["code"] == "search_too_slow"
        monkeypatch.undo()
        assert api_client.get(URL, {"search": self.SLOW}).status_code == 200
