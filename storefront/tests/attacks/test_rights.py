"""Attacks on other people's rows and rights: items 1, 3 and 5 of OWASP's API Security Top 10 (2023)."""

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Model
from model_bakery import baker
from rest_framework.test import APIClient

from likes.models import LikedItem
from store.models import Address, Cart, Customer, Order, OrderItem, Product, Review

from ..routes import REQUESTS, ROUTES, WITH_IDS

pytestmark = pytest.mark.django_db

# What anybody may read, and what whoever knows the UUID of a cart that nobody claimed may do with it.
OPEN = ("/store/products/", "/store/collections/", "/tags/", "/store/promotions/")
OPEN_WRITE = ("post", "/store/products/{product}/reviews/")
RUN_BY_STAFF = ("/store/reports/", "/store/products/", "/store/collections/", "/tags/")
WATCHED: list[type[Model]] = [
    *[get_user_model(), Customer, Address, Cart, Order, OrderItem, Product, Review, LikedItem]
]


def rows() -> dict[str, list[Any]]:
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in WATCHED}


def ask(client: APIClient, method: str, path: str, world: dict[str, Any]) -> Any:
    """Send the request with the valid body that ROUTES has for it."""
    body = {
        name: world[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value
        for name, value in (ROUTES[path][method] or {}).items()
    }
    return client.generic(
        method.upper(), path.format(**world), json.dumps(body), content_type="application/json"
    )


def is_open(method: str, path: str) -> bool:
    return method == "get" and path.startswith(OPEN)


@pytest.fixture
def eve(register: Any, world: dict[str, Any]) -> Any:
    """Somebody with an account, who owns nothing of the world and knows every id in it."""
    Cart.objects.filter(user=world["user"]).delete()
    Cart.objects.filter(pk=world["cart"]).update(user=world["user"])
    return register("eve")


class TestBrokenObjectLevelAuthorization:
    """API1:2023."""

    @pytest.mark.parametrize("who", ["visitor", "customer"])
    def test_ids_of_others_open_nothing(
        self, api_client: APIClient, eve: Any, world: dict[str, Any], who: str, subtests: Any
    ) -> None:
        if who == "customer":
            api_client.force_authenticate(eve)
        before = rows()
        for method, path in WITH_IDS:
            if is_open(method, path) or (method, path) == OPEN_WRITE:
                continue
            with subtests.test(request=f"{method} {path}"):
                response = ask(api_client, method, path, world)
                assert response.status_code in (401, 403, 404, 405), response.data
        assert rows() == before

    @pytest.mark.parametrize("name", ["order", "address", "like", "cart", "item"])
    def test_a_row_of_another_is_not_told_from_none(
        self, api_client: APIClient, eve: Any, world: dict[str, Any], name: str
    ) -> None:
        api_client.force_authenticate(eve)
        path = {
            "order": "/store/orders/{order}/",
            "address": "/store/customers/me/addresses/{address}/",
            "like": "/likes/{like}/",
            "cart": "/store/carts/{cart}/",
            "item": "/store/carts/{cart}/items/{item}/",
        }[name]
        nowhere = {**world, name: "a" * 32 if name == "cart" else 999_999_999}
        theirs, none = (api_client.get(path.format(**ids)) for ids in (world, nowhere))
        assert (
            (theirs.status_code, theirs.content)
            == (none.status_code, none.content)
            == (404, none.content)
        )

    def test_an_order_takes_no_address_or_cart_of_another(
        self, api_client: APIClient, eve: Any, world: dict[str, Any]
    ) -> None:
        api_client.force_authenticate(eve)
        before = rows()
        stolen = api_client.post("/store/orders/", {"cart_id": world["cart"]})
        cart = baker.make(Cart)
        baker.make("store.CartItem", cart=cart, product_id=world["product"], quantity=1)
        sent = api_client.post(
            "/store/orders/", {"cart_id": cart.pk, "shipping_address_id": world["address"]}
        )
        assert (stolen.status_code, sent.status_code) == (400, 400)
        cart.delete()
        assert rows() == before


class TestBrokenObjectPropertyLevelAuthorization:
    """API3:2023."""

    def test_no_account_or_profile_takes_rights_or_a_rank(
        self, api_client: APIClient, register: Any
    ) -> None:
        rights = {
            "is_staff": True,
            "is_superuser": True,
            "is_active": False,
            "groups": [1],
            "id": 999,
        }
        made = api_client.post(
            "/auth/users/",
            {"username": "eve", "password": "a-Str0ng-one", "email": "eve@example.com", **rights},
            format="json",
        )
        assert made.status_code == 201
        eve = get_user_model().objects.get(username="eve")
        api_client.force_authenticate(eve)
        api_client.patch(
            "/auth/users/me/", {"first_name": "Eve", "password": "x", **rights}, format="json"
        )
        api_client.put(
            "/store/customers/me/",
            {"phone": "5", "membership": "G", "user_id": 1, "id": 9},
            format="json",
        )
        found = get_user_model().objects.get(pk=eve.pk)
        assert (found.is_staff, found.is_superuser, found.is_active, found.groups.count()) == (
            False,
            False,
            True,
            0,
        )
        assert found.check_password("a-Str0ng-one")
        assert (found.customer.membership, found.customer.phone) == ("B", "5")

    def test_no_buyer_sets_a_price_or_says_that_it_is_paid(
        self, api_client: APIClient, eve: Any, world: dict[str, Any]
    ) -> None:
        api_client.force_authenticate(eve)
        cart = api_client.post(
            "/store/carts/", {"total_price": 0, "user": world["user"]}, format="json"
        ).data["id"]
        line = {
            "product_id": world["product"],
            "quantity": 1,
            "unit_price": 0.01,
            "total_price": 0.01,
        }
        api_client.post(f"/store/carts/{cart}/items/", line, format="json")
        body = {
            "cart_id": cart,
            "payment_status": "C",
            "customer": world["customer"],
            "status": "paid",
            "total": 0,
        }
        answer = api_client.post("/store/orders/", body, format="json").data
        assert (answer["customer"], answer["payment_status"]) == (eve.customer.pk, "P")
        order = Order.objects.get(pk=answer["id"])
        assert (order.payment_status, order.items.get().unit_price) == ("P", 10)

    def test_no_reviewer_writes_in_the_name_of_another(
        self, api_client: APIClient, eve: Any, world: dict[str, Any]
    ) -> None:
        api_client.force_authenticate(eve)
        body = {
            "name": "Ann",
            "description": "Bad.",
            "user": world["user"],
            "user_id": world["user"],
        }
        path = f"/store/products/{world['product']}/reviews/"
        made = api_client.post(path, body, format="json")
        assert Review.objects.get(pk=made.data["id"]).user_id == eve.pk

    def test_no_response_tells_of_other_people(
        self, api_client: APIClient, eve: Any, world: dict[str, Any]
    ) -> None:
        Review.objects.update(user_id=world["user"])
        api_client.force_authenticate(eve)
        secrets = ("ann@example.com", "password", "argon2", "md5$", "is_superuser", "last_login")
        for method, path in REQUESTS:
            # Eve's own export tells her what is held about her.
            if method == "get" and "export" not in path:
                answer = api_client.get(path.format(**world)).content.decode()
                assert not [secret for secret in secrets if secret in answer], path


class TestBrokenFunctionLevelAuthorization:
    """API5:2023; the table of roles (docs/roles.md) is tested whole by test_roles.py."""

    @pytest.mark.parametrize("who", ["visitor", "customer", "staff"])
    def test_nobody_without_the_right_runs_the_shop(
        self,
        api_client: APIClient,
        eve: Any,
        world: dict[str, Any],
        settings: Any,
        who: str,
        subtests: Any,
    ) -> None:
        settings.STAFF_NEEDS_PERMISSIONS = True
        get_user_model().objects.filter(pk=eve.pk).update(is_staff=who == "staff")
        eve.refresh_from_db()
        if who != "visitor":
            api_client.force_authenticate(eve)
        before = rows()
        for method, path in REQUESTS:
            reads = method == "get" and "reports" not in path
            if reads or not path.startswith(RUN_BY_STAFF) or (method, path) == OPEN_WRITE:
                continue
            with subtests.test(request=f"{method} {path}"):
                response = ask(api_client, method, path, world)
                assert response.status_code in (401, 403), response.data
        assert rows() == before

    @pytest.mark.parametrize(
        "header", ["X-HTTP-Method-Override", "X-Method-Override", "X-Original-URL"]
    )
    def test_no_header_turns_a_read_into_a_write(
        self, api_client: APIClient, world: dict[str, Any], header: str
    ) -> None:
        path = f"/store/products/{world['product']}/"
        response = api_client.post(path, {"_method": "DELETE"}, headers={header: "DELETE"})
        assert response.status_code == 401
        assert api_client.get(path, headers={header: "DELETE"}).status_code == 200
        assert Product.objects.filter(pk=world["product"]).exists()
