"""Staff find orders by number, customer, phone, town and product, in the API and in the admin alike."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from model_bakery import baker
from pytest_django.asserts import assertRedirects

from store.models import Customer, Order, order_search
from store.search import terms_of

# InnoDB finds words of what is committed alone.
pytestmark = pytest.mark.django_db(transaction=connection.vendor == "mysql")


@pytest.fixture(autouse=True, params=[0, order_search.FEW], ids=["many", "few"])
def few(request, monkeypatch):
    """Have it found both by keys and along the list."""
    monkeypatch.setattr(order_search, "FEW", request.param)


@pytest.fixture
def make(make_product):
    def make(name, town, title, sku=None, phone=""):
        user = baker.make(
            get_user_model(),
            username=name,
            first_name=name.title(),
            last_name="Lee",
            email=f"{name}@x.org",
        )
        Customer.objects.filter(user=user).update(phone=phone)
        order = Order.objects.create(
            customer=user.customer, shipping_street="1", shipping_city=town
        )
        product = make_product(title=title, sku=sku)
        order.items.create(product=product, quantity=1, unit_price=5, title="As it was")
        return order

    return make


@pytest.fixture
def orders(make):
    return {
        "a": make("zoe", "New York", "Blue teapot", "TEA-0042", "+49 (30) 123-4567"),
        "b": make("max", "Newcastle", "Mug in sand, set of 6", "Mug_1", "0176/555.12.34"),
        "c": make("élise", "Zürich", "Teapot", None, "none"),
    }


def found_by(orders, text):
    letters = {order.pk: key for key, order in orders.items()}
    return "".join(sorted(letters[o.pk] for o in Order.objects.found_by(terms_of(text))))


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("", "abc"),
        # Nothing is found by the middle of a word, by a pattern, or by what another order has.
        ("oe", ""),
        ("%", ""),
        ("_ax", ""),
        ("York", ""),
        ("#zoe", ""),
        ("#", ""),
        ("max teapot", ""),
        ("99999999999999999999999", ""),
        ("teapot nothing", ""),
        # Too short for a title, or for a phone.
        ("bl", ""),
        ("4930", ""),
        ("zoe", "a"),
        ("ZOE lee", "a"),
        ("lee", "abc"),
        ("max@x", "b"),
        ("Élise", "c"),
        ("élise", "c"),
        ("new", "ab"),
        ("new york", "a"),
        ('"new york" teapot', "a"),
        ("newcastle", "b"),
        ("teapot", "ac"),
        ("blue teap", "a"),
        ("lee teapot new", "a"),
        ("Mug in sand, set of 6", "b"),
        ("tea-00", "a"),
        ("MUG_1", "b"),
        ("mug_1", "b"),
        ("4930123", "a"),
        ("+4930123", "a"),
        ("+49 30 1234567", "a"),
        ("0176 555", "b"),
    ],
)
def test_finds(orders, text, letters):
    assert found_by(orders, text) == letters


def test_finds_by_number(orders):
    number = orders["b"].pk

    assert found_by(orders, f"#{number}") == found_by(orders, f"{number} max") == "b"
    assert "b" in found_by(orders, str(number))
    assert found_by(orders, f"#{number} zoe") == ""


def test_finds_each_order_once(orders, make_product):
    for _ in range(3):
        product = make_product(title="Teapot again")
        orders["a"].items.create(product=product, quantity=1, unit_price=5)

    assert [o.pk for o in Order.objects.found_by(["teapot", "zoe"])] == [orders["a"].pk]


def test_the_admin_finds_the_same(admin_client, orders):
    page = admin_client.get("/admin/store/order/", {"q": '"new york"'})

    assert [order.pk for order in page.context["cl"].result_list] == [orders["a"].pk]
    assert "begins" in page.context["cl"].model_admin.search_help_text


def test_a_number_alone_leads_to_its_order(admin_client, client, orders):
    pk = orders["b"].pk
    url = "/admin/store/order/"

    assertRedirects(admin_client.get(url, {"q": f" #{pk}"}), f"{url}{pk}/change/")

    for query in (
        {"q": f"#{pk}", "status__exact": "paid"},
        {"q": "#0"},
        {"q": "#x"},
        {"q": f"#{9**30}"},
    ):
        assert [*admin_client.get(url, query).context["cl"].result_list] == []
    client.logout()
    assertRedirects(client.get(url, {"q": f"#{pk}"}), f"/admin/login/?next={url}%3Fq%3D%2523{pk}")


def test_a_phone_that_plain_sql_wrote_is_found(orders):
    Customer.objects.filter(user__username="zoe").update(phone="(01) 23-45/67.8+")

    assert found_by(orders, "012345") == "a"


def test_of_three_words_costs_fifteen_queries_at_most(
    admin_client, orders, django_assert_max_num_queries
):
    with django_assert_max_num_queries(15):
        admin_client.get("/admin/store/order/", {"q": "lee new teapot"})
