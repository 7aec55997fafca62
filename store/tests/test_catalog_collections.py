import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from store.models import Collection, Product

pytestmark = pytest.mark.django_db
URL = "/store/collections/"


@pytest.fixture
def url(collection):
    return f"{URL}{collection.id}/"


class TestRead:
    def test_list_is_plain_and_sorted_by_title(self, api_client, collection, make_product):
        empty = baker.make(Collection, title="Attic")
        make_product()
        make_product()

        response = api_client.get(URL)

        assert response.status_code == 200
        assert response.json() == [
            {"id": empty.id, "title": "Attic", "products_count": 0},
            {"id": collection.id, "title": "Kitchen", "products_count": 2},
        ]
        assert "Link" not in response

    def test_collection_shows_exactly_its_fields(self, api_client, collection, product, url):
        assert api_client.get(url).json() == {
            "id": collection.id,
            "title": "Kitchen",
            "products_count": 1,
        }

    def test_list_goes_on_behind_100_rows(self, api_client, db):
        titles = [f"Collection {number:03}" for number in range(205)]
        baker.make(Collection, title=iter(titles), _quantity=205)
        seen, links, url = [], [], URL
        while url:
            response = api_client.get(url)
            seen += [row["title"] for row in response.json()]
            links.append(response["Link"])
            url = response["Link"].partition('>; rel="next"')
            url = url[0].removeprefix("<") if url[1] else None

        page = "<http://testserver/store/collections/?page={}>"
        assert seen == titles
        assert links == [
            page.format(2) + '; rel="next"',
            page.format(3) + '; rel="next", <http://testserver/store/collections/>; rel="prev"',
            page.format(2) + '; rel="prev"',
        ]

    def test_page_that_does_not_exist_is_not_found(self, api_client, collection, subtests):
        for page in ["0", "-1", "2", "abc", "1.5", "\0", "9" * 20, "9" * 5000]:
            with subtests.test(page=page):
                response = api_client.get(URL, {"page": page})

                assert response.status_code == 404
                assert response.json() == {"detail": "Invalid page."}

    def test_hundred_rows_are_the_whole_list(self, api_client, db):
        baker.make(Collection, _quantity=100)

        response = api_client.get(URL)

        assert len(response.json()) == 100
        assert "Link" not in response

    def test_what_is_no_collection_is_not_found(self, api_client, collection, subtests):
        for collection_id in ["0", "abc", "-1", "1.5", "9" * 30, "%00"]:
            with subtests.test(collection_id=collection_id):
                response = api_client.get(f"{URL}{collection_id}/")

                assert response.status_code == 404
                assert list(response.json()) == ["detail"]


class TestWrite:
    def test_staff_create_a_collection(self, api_client, authenticate):
        authenticate(is_staff=True)

        response = api_client.post(URL, {"title": "Garden", "products_count": 9})

        assert response.status_code == 201
        assert response.json() == {
            "id": Collection.objects.get(title="Garden").id,
            "title": "Garden",
            "products_count": 0,
        }

    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_staff_rename_a_collection(
        self, api_client, authenticate, collection, product, url, method
    ):
        authenticate(is_staff=True)

        response = getattr(api_client, method)(url, {"title": "Scullery"})

        assert response.status_code == 200
        expected = {"id": collection.id, "title": "Scullery", "products_count": 1}
        assert response.json() == expected == api_client.get(url).json()

    def test_staff_delete_an_empty_collection(self, api_client, authenticate, url):
        authenticate(is_staff=True)

        assert api_client.delete(url).status_code == 204
        assert api_client.delete(url).status_code == 404

    def test_collection_with_products_is_not_deleted(self, api_client, authenticate, product, url):
        authenticate(is_staff=True)

        response = api_client.delete(url)

        assert response.status_code == 405
        assert response.json()["error"] == (
            "Collection cannot be deleted because it includes one or more products."
        )
        assert Product.objects.filter(pk=product.pk).exists()

    def test_bad_title_is_refused(self, api_client, authenticate, collection, url, subtests):
        authenticate(is_staff=True)

        for title in [None, "", "  ", "x" * 256, "a\0b", [], {}, True]:
            with subtests.test(title=title):
                created = api_client.post(URL, {"title": title}, format="json")
                changed = api_client.put(url, {"title": title}, format="json")

                assert (created.status_code, list(created.json())) == (400, ["title"])
                assert (changed.status_code, list(changed.json())) == (400, ["title"])
                assert [row.title for row in Collection.objects.all()] == ["Kitchen"]

    def test_body_that_is_no_collection_is_refused(self, api_client, authenticate, subtests):
        authenticate(is_staff=True)

        for body in ["{}", "[]", "null", "1", ""]:
            with subtests.test(body=body):
                response = api_client.post(URL, body, content_type="application/json")

                assert response.status_code == 400
                assert not Collection.objects.exists()


@pytest.mark.parametrize(
    ("user", "status"), [(None, 401), ({}, 403), (get_user_model()(), 403)], ids=str
)
def test_only_staff_write(api_client, collection, url, user, status, subtests):
    api_client.force_authenticate(user=user)

    for method in ["post", "put", "patch", "delete"]:
        with subtests.test(method=method):
            response = getattr(api_client, method)(
                URL if method == "post" else url, {"title": "Mine"}
            )

            assert response.status_code == status
            assert list(response.json()) == ["detail"]
            assert [row.title for row in Collection.objects.all()] == ["Kitchen"]
