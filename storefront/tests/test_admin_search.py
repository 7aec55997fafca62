"""The search at the head of each page of the admin."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from model_bakery import baker
from pytest_django.asserts import assertContains, assertNotContains

from storefront.admin.addresses import MAX_LENGTH

pytestmark = pytest.mark.django_db
SEARCH = "/admin/search/"
Found = dict[str, list[str]]


@pytest.fixture
def shop(django_user_model: Any) -> dict[str, Any]:
    user = django_user_model.objects.create_user(
        "ann", "ann@example.com", first_name="Ann", last_name="Lee"
    )
    product = baker.make("store.Product", title="Oak chair", sku="OAK-1", unit_price=10)
    return {"product": product, "order": baker.make("store.Order", customer=user.customer)}


@pytest.fixture
def find(admin_client: Client) -> Callable[..., Found]:
    def find(term: str, client: Client = admin_client) -> Found:
        results = client.get(SEARCH, {"q": term}).context["results"]
        return {result.name: [str(row.name) for row in result.rows] for result in results}

    return find


@pytest.fixture
def clerk(client: Client, django_user_model: Any) -> Callable[..., Client]:
    def clerk(*rights: str) -> Client:
        user = django_user_model.objects.create_user("clerk", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=rights))
        client.force_login(user)
        return client

    return clerk


def test_finds_a_product_by_its_words(find: Any, shop: Any) -> None:
    assert find("oak") == {"Products": ["Oak chair"]}
    assert find("OAK-1") == {"Products": ["Oak chair"]}


def test_finds_an_order_by_its_number(find: Any, shop: Any) -> None:
    number = str(shop["order"].pk)
    assert find(number)["Orders"] == [number]


def test_finds_a_customer_by_name_and_the_orders_by_email(find: Any, shop: Any) -> None:
    assert find("lee")["Customers"] == ["Ann"]
    assert find("ann@exam")["Orders"] == [str(shop["order"].pk)]


def test_leads_to_the_rows_and_to_the_list(admin_client: Client, shop: Any) -> None:
    page = admin_client.get(SEARCH, {"q": "oak"})
    [result] = page.context["results"]
    assert result.list_url == "/admin/store/product/?q=oak"
    assert result.rows[0].url == f"/admin/store/product/{shop['product'].pk}/change/"
    assertContains(page, "<title>Search for “oak” | Storefront</title>")


def test_shows_five_of_many_and_says_how_many(admin_client: Client) -> None:
    collection = baker.make("store.Collection")
    baker.make("store.Product", title="Oak", collection=collection, unit_price=1, _quantity=7)
    page = admin_client.get(SEARCH, {"q": "oak"})
    [result] = page.context["results"]
    assert (len(result.rows), result.total) == (5, "7")
    assertContains(page, "All 7 products")


@pytest.mark.parametrize(
    ("right", "found"),
    [
        ("view_product", {"Products": ["Ann’s oak chair"]}),
        ("view_customer", {"Customers": ["Ann"]}),
        ("view_review", {}),
    ],
)
def test_shows_what_one_may_see(find: Any, clerk: Any, shop: Any, right: str, found: Found) -> None:
    baker.make("store.Product", title="Ann’s oak chair", unit_price=1)
    assert find("ann", clerk(right)) == found


def test_whoever_may_see_nothing_of_it_has_no_box(clerk: Any, admin_client: Client) -> None:
    assertContains(admin_client.get("/admin/"), 'id="shop-search"')
    assertNotContains(clerk("view_tag").get("/admin/"), 'id="shop-search"')


def test_visitors_are_led_to_the_sign_in(client: Client, shop: Any) -> None:
    assert client.get(SEARCH, {"q": "oak"}).status_code == 302


@pytest.mark.parametrize("term", ["x" * (MAX_LENGTH + 1), "a\0b"])
def test_refuses_what_no_text_has(admin_client: Client, term: str) -> None:
    page = admin_client.get(SEARCH, {"q": term})
    assert page.status_code == 200
    assert page.context["results"] == []
    assert page.context["refusal"]


@pytest.mark.parametrize("term", ["9" * 40, "'\"%_\\", "(", "☃", "q" * MAX_LENGTH])
def test_finds_nothing_of_what_nothing_has(find: Any, shop: Any, term: str) -> None:
    assert find(term) == {}


@pytest.mark.parametrize("term", ["", "   "])
def test_asks_for_words_where_there_are_none(admin_client: Client, term: str) -> None:
    assertContains(admin_client.get(SEARCH, {"q": term}), "Type what you look for")


def test_costs_no_more_for_more_rows(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    collection = baker.make("store.Collection")
    baker.make("store.Product", title="Oak", collection=collection, unit_price=1, _quantity=40)
    with django_assert_max_num_queries(15):
        admin_client.get(SEARCH, {"q": "oak"})
