"""The API in a browser: every address answers with a small page, however much the shop holds."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from core.tests.passwords import PASSWORD
from store.models import CartItem, Collection, Customer, Order, OrderItem, Product, Review
from tags.models import Tag

from .routes import READS, ROUTES

pytestmark = pytest.mark.once

User = get_user_model()
HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}
# What is saved as a file is no page.
PAGES = [path for path in READS if not path.endswith(("/export/", "/invoice/"))]
WRITE_ONLY = [path for path in ROUTES if path not in READS]
# A cart, a product's images and its tags: as many as people make.
A_FEW = 20
# A page of products asked for at its full size would be longer. The longest is one of orders, whose lines
# show the pictures of their products.
LARGEST_PAGE = 200_000


@pytest.fixture
def staff(client: Client, world: dict[str, Any]) -> Client:
    client.force_login(User.objects.get(pk=world["user"]))
    return client


def fill(world: dict[str, Any], number: int) -> None:
    """Add this many rows of what grows without end, and a few of the rest."""
    text = "Does what it should, and looks good doing so. " * 4
    product = Product.objects.get(pk=world["product"])
    Collection.objects.bulk_create(Collection(title=f"Collection {i}") for i in range(number))
    products = Product.objects.bulk_create(
        Product(
            title=f"Lamp {i}",
            slug=f"lamp-{i}",
            description=text,
            unit_price=9,
            inventory=1,
            collection_id=world["collection"],
        )
        for i in range(number)
    )
    Review.objects.bulk_create(
        Review(product=product, name="Ann Lee", description=text) for i in range(number)
    )
    names = [f"user{User.objects.count() + i}" for i in range(number)]
    users = User.objects.bulk_create(User(username=n, email=f"{n}@example.com") for n in names)
    Customer.objects.bulk_create(Customer(user=user, phone="555-0100") for user in users)
    orders = Order.objects.bulk_create(Order(customer_id=world["customer"]) for _ in range(number))
    OrderItem.objects.bulk_create(
        OrderItem(order=order, product=product, title="A lamp", quantity=1, unit_price=9)
        for order in orders
        for _ in range(4)
    )
    first = Tag.objects.count()
    Tag.objects.bulk_create(Tag(label=f"tag {first + i}") for i in range(number))
    for added in products[:A_FEW]:
        baker.make("tags.TaggedItem", tag_id=world["tag"], content_object=added)
        baker.make("likes.LikedItem", user_id=world["user"], content_object=added)
        CartItem.objects.create(cart_id=world["cart"], product=added, quantity=1)


def options(html: str) -> list[int]:
    """Return the number of options of each select box."""
    boxes = re.findall(r"<select.*?</select>", html, re.DOTALL)
    return [box.count("<option") for box in boxes]


def browse(client: Client, world: dict[str, Any]) -> dict[str, tuple[HttpResponse, int]]:
    """Return the page of each address and the number of its queries."""
    pages = {}
    for path in PAGES:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path.format(**world), **HTML)
        pages[path] = (response, len(queries))
    return pages


@pytest.mark.parametrize("number", [10, 1500])
def test_every_address_is_a_small_page(staff: Client, world: dict, number: int) -> None:
    fill(world, number)
    pages = {path: page for path, (page, _) in browse(staff, world).items()}
    assert {path: page.status_code for path, page in pages.items()} == dict.fromkeys(PAGES, 200)
    assert {page["Content-Type"] for page in pages.values()} == {"text/html; charset=utf-8"}
    too_large = {path: len(page.content) for path, page in pages.items()}
    assert {path: size for path, size in too_large.items() if size > LARGEST_PAGE} == {}
    crowded = {path: options(page.text) for path, page in pages.items()}
    # The statuses of an order are six; memberships, media types and yes, no, unknown are fewer.
    assert {path: boxes for path, boxes in crowded.items() if max(boxes, default=0) > 7} == {}


def test_a_page_costs_the_same_queries_however_much_there_is(staff: Client, world: dict) -> None:
    fill(world, 10)
    browse(staff, world)
    few = {path: queries for path, (_, queries) in browse(staff, world).items()}
    fill(world, 110)
    browse(staff, world)
    many = {path: queries for path, (_, queries) in browse(staff, world).items()}
    assert many == few
    assert max(few.values()) <= 10


def test_an_address_that_is_only_written_shows_its_form(
    staff: Client, world: dict, subtests: pytest.Subtests
) -> None:
    for path in WRITE_ONLY:
        with subtests.test(path=path):
            response = staff.get(path.format(**world), **HTML)
            assert response.status_code == 405
            assert "<textarea" in response.text
            assert 'method="POST"' in response.text


def test_lists_lead_to_their_next_page(staff: Client, world: dict) -> None:
    fill(world, 30)
    first = staff.get("/store/orders/", **HTML).text
    assert 'href="http://testserver/store/orders/?page=2" rel="next"' in first
    second = staff.get("/store/orders/?page=2", **HTML).text
    assert 'href="http://testserver/store/orders/" rel="prev"' in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/store/products/", "price_min"),
        ("/store/products/facets/", "price_min"),
        ("/store/products/suggest/?q=la", "q"),
        ("/store/products/suggest/", "q"),
        ("/store/customers/", "membership"),
        ("/store/reports/best_sellers/?by=revenue", "by"),
        ("/store/reports/average_order/", "from"),
    ],
)
def test_what_takes_parameters_has_their_form(
    staff: Client, world: dict, path: str, field: str
) -> None:
    page = staff.get(path, **HTML)

    assert f'name="{field}"' in page.text


def test_a_row_has_no_form_of_filters(staff: Client, world: dict) -> None:
    for path in ("/store/customers/me/", "/store/products/{product}/", "/store/products/999999/"):
        assert "filtersModal" not in staff.get(path.format(**world), **HTML).text


def test_a_form_of_parameters_shows_what_was_asked_and_what_is_wrong(
    staff: Client, world: dict
) -> None:
    page = staff.get("/store/reports/best_sellers/?limit=many&by=revenue", **HTML).text

    assert re.search(r'<option value="revenue"\s+selected', page)
    assert 'value="many"' in page
    assert page.count("A valid integer is required.") == 2


@pytest.mark.parametrize(
    ("path", "crumbs", "title"),
    [
        ("/store/products/{product}/", ["Store", "Products", "Product {product}"], ": Lamp"),
        ("/store/orders/{order}/", ["Store", "Orders", "Order {order}"], ""),
        ("/store/carts/me/", ["Store", "Carts", "My cart"], ""),
        ("/store/reports/best_sellers/", ["Store", "Reports", "Best sellers"], ""),
        ("/tags/items/{tagged}/", ["Tags", "Tagged items", "Tagged item {tagged}"], ""),
        ("/auth/jwt/blacklist/", ["Accounts", "Sign out"], ""),
    ],
)
def test_a_page_says_what_it_is_and_where(
    staff: Client, world: dict, path: str, crumbs: list[str], title: str
) -> None:
    Product.objects.update(title="Lamp")
    page = staff.get(path.format(**world), **HTML).text

    trail = page.split('<ul class="breadcrumb">')[1].split("</ul>")[0]
    found = re.findall(r'<a href="[^"]*">([^<]*)</a>', trail)
    assert found == [each.format(**world) for each in crumbs]
    assert f"<h1>{found[-1]}{title}</h1>" in page


def test_a_row_with_a_uuid_is_named_by_its_beginning(staff: Client, world: dict) -> None:
    page = staff.get(f"/store/carts/{world['cart']}/", **HTML).text

    assert f"<h1>Cart {str(world['cart'])[:8]}</h1>" in page


def test_a_list_of_one_page_has_no_pager(staff: Client, world: dict) -> None:
    assert 'rel="next"' not in staff.get("/store/orders/", **HTML).text


class TestBrand:
    def test_the_brand_leads_home(self, client: Client, db: None) -> None:
        html = client.get("/store/collections/", **HTML).text
        assert re.search(r'<a class="navbar-brand" href="/">\s*<img [^>]*>\s*Storefront', html)
        assert "<title>Collections – Storefront</title>" in html
        assert "Django REST framework" not in html

    @pytest.mark.parametrize("url", ["/store/orders/", "/api-auth/login/"])
    def test_pages_of_refusal_and_of_the_login_carry_it_too(
        self, client: Client, db: None, url: str
    ) -> None:
        html = client.get(url, **HTML).text
        assert "Storefront" in html
        assert "Django REST framework" not in html


class TestLogin:
    def test_a_visitor_is_led_to_the_login_and_back(self, client: Client, register: Any) -> None:
        register()
        page = client.get("/store/orders/", **HTML)
        assert page.status_code == 401
        assert "/api-auth/login/?next=/store/orders/" in page.text
        form = {"username": "ann", "password": PASSWORD, "next": "/store/orders/"}
        response = client.post("/api-auth/login/", form, follow=True, **HTML)
        assert response.redirect_chain == [("/store/orders/", 302)]
        assert response.status_code == 200

    def test_a_wrong_password_signs_nobody_in(self, client: Client, register: Any) -> None:
        register()
        response = client.post("/api-auth/login/", {"username": "ann", "password": "wrong"})
        assert response.status_code == 200
        assert "_auth_user_id" not in client.session

    def test_the_login_leads_to_no_other_host(self, client: Client, register: Any) -> None:
        register()
        form = {"username": "ann", "password": PASSWORD, "next": "https://evil.example/"}
        response = client.post("/api-auth/login/", form)
        assert (response.status_code, response["Location"]) == (302, "/")

    def test_a_form_of_the_browsable_api_needs_the_csrf_token(self, world: dict) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(User.objects.get(pk=world["user"]))
        response = client.post("/tags/", {"label": "new"})
        assert response.status_code == 403
        assert not Tag.objects.filter(label="new").exists()


def form_of(page: str) -> dict[str, str]:
    """Return what a browser sends of the first form of a page that changes a row."""
    form = page.split('data-method="PUT" enctype')[1].split("</form>")[0]
    boxes = dict(re.findall(r'<input name="(\w+)"[^>]*?value="([^"]*)"', form))
    for name, choices in re.findall(
        r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        options = re.findall(r'<option value="(\w*)"( selected)?', choices)
        boxes[name] = next((value for value, mark in options if mark), options[0][0])
    return boxes


def put_form(client: Client, url: str, **changed: str) -> None:
    """Send the form of a row as it is shown, but for what somebody changes in it."""
    form = form_of(client.get(url, **HTML).text)
    body = urlencode({**form, **changed})
    response = client.put(url, body, "application/x-www-form-urlencoded")
    assert response.status_code == 200, response.text


def test_the_form_of_a_product_leaves_it_unpublished(staff: Client, world: dict) -> None:
    Product.objects.update(is_published=False)

    put_form(staff, f"/store/products/{world['product']}/", title="Lantern")

    product = Product.objects.get(pk=world["product"])
    assert (product.title, product.is_published) == ("Lantern", False)


def test_the_form_of_a_collection_leaves_its_featured_product(staff: Client, world: dict) -> None:
    Collection.objects.filter(pk=world["collection"]).update(featured_product=world["product"])
    url = f"/store/collections/{world['collection']}/"

    put_form(staff, url, title="Lanterns")

    collection = Collection.objects.get(pk=world["collection"])
    assert (collection.title, collection.featured_product_id) == ("Lanterns", world["product"])
    staff.patch(url, {"featured_product": None}, "application/json")
    collection.refresh_from_db()
    assert collection.featured_product_id is None
