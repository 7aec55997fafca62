"""What browsers and shared caches may store, and for whom."""

import pytest
from rest_framework.permissions import IsAuthenticated
from rest_framework.test import APIClient

from store.models import Customer, Product
from store.views.catalog import CollectionViewSet, ProductImageViewSet, ProductViewSet

pytestmark = [pytest.mark.django_db, pytest.mark.cache]
PUBLIC, PRIVATE = "public, no-cache", "private, no-cache"
CATALOG = ["products/", "products/{product}/", "collections/", "products/{product}/images/"]


@pytest.fixture
def gold(sign_in):
    """Sign in a gold member with a token of their own, and return the client."""
    user = sign_in("gold")
    Customer.objects.filter(user=user).update(membership="G")
    client = APIClient()
    tokens = client.post("/auth/jwt/create/", {"username": "gold", "password": "a-Str0ng-one"})
    client.credentials(HTTP_AUTHORIZATION=f"JWT {tokens.json()['access']}")
    return client


@pytest.fixture
def visitor():
    return APIClient()


@pytest.mark.parametrize("path", CATALOG)
class TestCatalog:
    def test_a_visitors_read_is_everybodys(self, visitor, product, path):
        response = visitor.get(f"/store/{path.format(product=product.pk)}")

        assert response["Cache-Control"] == PUBLIC
        assert {"Accept", "Authorization", "Cookie"} <= {*response["Vary"].split(", ")}

    def test_what_did_not_change_is_not_sent_again(self, visitor, product, path):
        url = f"/store/{path.format(product=product.pk)}"
        known = {"if-none-match": visitor.get(url)["ETag"]}

        again = visitor.get(url, headers=known)

        assert (again.status_code, again.content) == (304, b"")
        assert again["Cache-Control"] == PUBLIC
        assert again["ETag"] == known["if-none-match"]

    def test_a_members_read_is_theirs_alone(self, gold, product, path):
        response = gold.get(f"/store/{path.format(product=product.pk)}")

        assert response.status_code == 200
        assert response["Cache-Control"] == PRIVATE


def test_what_changed_is_sent_again(visitor, product):
    known = {"if-none-match": visitor.get("/store/products/")["ETag"]}

    Product.objects.update(inventory=1)

    changed = visitor.get("/store/products/", headers=known)
    assert (changed.status_code, changed.json()["results"][0]["inventory"]) == (200, 1)
    assert changed["ETag"] != known["if-none-match"]


def test_a_browser_of_another_origin_may_read_a_304(visitor, product, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example.com"]
    origin = {"origin": "https://shop.example.com"}
    etag = visitor.get("/store/products/", headers=origin)["ETag"]

    again = visitor.get("/store/products/", headers={**origin, "if-none-match": etag})

    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "https://shop.example.com"


class TestNothingOfAMember:
    """Whoever reads first, a price for members reaches nobody else."""

    @pytest.fixture
    def urls(self, product, make_promotion):
        make_promotion(product, discount=0.5, memberships="G")
        return ["/store/products/", f"/store/products/{product.pk}/"]

    def price(self, client, url):
        body = client.get(url).json()
        return body.get("results", [body])[0]["price"]

    @pytest.mark.parametrize("order", [(0, 1, 0), (1, 0, 1)])
    def test_by_their_token(self, visitor, gold, urls, order):
        clients, prices = (visitor, gold), (10, 5)

        for url in urls:
            assert [self.price(clients[who], url) for who in order] == [
                prices[who] for who in order
            ]

    @pytest.mark.parametrize("order", [(0, 1, 0), (1, 0, 1)])
    def test_by_their_session(self, visitor, client, gold, urls, order):
        client.force_login(Customer.objects.get(membership="G").user)
        clients, prices = (visitor, client), (10, 5)

        for url in urls:
            assert [self.price(clients[who], url) for who in order] == [
                prices[who] for who in order
            ]

    def test_not_by_an_etag_either(self, visitor, gold, urls):
        for url in urls:
            etag = gold.get(url)["ETag"]
            assert visitor.get(url, headers={"if-none-match": etag}).status_code == 200

    def test_a_bad_token_is_refused_however_warm_the_page(self, visitor, urls):
        for url in urls:
            assert visitor.get(url).status_code == 200
            assert visitor.get(url, headers={"authorization": "JWT nonsense"}).status_code == 401


@pytest.mark.parametrize("path", CATALOG)
def test_a_shop_for_members_only_shows_visitors_nothing(monkeypatch, visitor, gold, product, path):
    for view in (ProductViewSet, CollectionViewSet, ProductImageViewSet):
        monkeypatch.setattr(view, "permission_classes", [IsAuthenticated])
    url = f"/store/{path.format(product=product.pk)}"

    assert [visitor.get(url).status_code for _ in range(2)] == [401, 401]
    assert gold.get(url).status_code == 200
    assert visitor.get(url).status_code == 401


@pytest.mark.parametrize("path", ["customers/me/", "orders/", "carts/{cart}/"])
def test_all_else_is_private(gold, cart, path):
    url = f"/store/{path.format(cart=cart.pk)}"
    response = gold.get(url)

    assert response["Cache-Control"] == PRIVATE
    assert gold.get(url, headers={"if-none-match": response["ETag"]}).status_code == 304


def test_a_refusal_is_private(visitor):
    response = visitor.get("/store/products/0/")

    assert (response.status_code, response["Cache-Control"]) == (404, PRIVATE)


def test_what_has_its_own_rule_keeps_it(admin_client):
    assert "no-store" in admin_client.get("/admin/")["Cache-Control"]
