"""The daily work of each ready group, over the API and in the admin; docs/roles.md is about what it may not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from model_bakery import baker
from rest_framework.test import APIClient

from core.tests.passwords import PASSWORD
from store.models import Collection, Order, Product, ProductImage, Review
from store.services.orders import write_order
from store.tests.picture_files import encoded
from storefront.tests.pages import Tab
from storefront.tests.routes import PRODUCT
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.django_db

SHOP = "/admin/store"


@pytest.fixture(autouse=True)
def _permissions_needed(settings: Any) -> None:
    settings.STAFF_NEEDS_PERMISSIONS = True


@pytest.fixture
def member_of(
    register: Callable[..., Any], api_client: APIClient, client: Client
) -> Callable[[str], Any]:
    """Sign a member of a group in to the API and to the admin."""

    def member_of(name: str) -> Any:
        member = register("kim", is_staff=True)
        member.groups.add(Group.objects.get(name=name))
        api_client.force_authenticate(member)
        client.force_login(member)
        return member

    return member_of


@pytest.fixture
def product() -> Product:
    return baker.make(Product, title="Lamp", slug="lamp", unit_price=10, inventory=5)


@pytest.fixture
def order(register: Callable[..., Any], product: Product) -> Order:
    order = Order(customer=register("zoe").customer)
    write_order(order=order, quantities={product.pk: 2})
    return order


class TestCatalogueEditor:
    def test_brings_a_product_into_the_shop(
        self, member_of: Callable, api_client: APIClient
    ) -> None:
        member_of("Catalogue Editor")
        collection = api_client.post("/store/collections/", {"title": "Lamps"}).json()["id"]
        made = api_client.post("/store/products/", PRODUCT | {"collection": collection})
        url = f"/store/products/{made.json()['id']}/"
        picture = SimpleUploadedFile("x.png", encoded("PNG"), "image/png")
        assert api_client.post(f"{url}images/", {"image": picture}).status_code == 201
        tag = api_client.post("/tags/", {"label": "sale"}).json()["id"]
        item = {"tag": tag, "content_type": "store.product", "object_id": made.json()["id"]}
        assert api_client.post("/tags/items/", item).status_code == 201
        assert api_client.patch(url, {"unit_price": "8.00"}, format="json").status_code == 200
        shown = Product.objects.get()
        assert (str(shown.unit_price), shown.images.count()) == ("8.00", 1)

    def test_writes_with_a_token(
        self, member_of: Callable, client: Client, product: Product
    ) -> None:
        member = member_of("Catalogue Editor")
        client.logout()
        credentials = {"username": member.username, "password": PASSWORD}
        access = client.post("/auth/jwt/create/", credentials).json()["access"]
        header = {"authorization": f"JWT {access}"}
        url = f"/store/products/{product.pk}/"
        sent = {"data": {"title": "Big lamp"}, "content_type": "application/json"}
        assert client.patch(url, headers=header, **sent).status_code == 200
        assert client.get("/store/reports/sales/", headers=header).status_code == 403
        member.groups.clear()
        assert client.patch(url, headers=header, **sent).status_code == 403
        assert Product.objects.get().title == "Big lamp"

    def test_edits_it_in_the_admin(
        self, member_of: Callable, client: Client, product: Product
    ) -> None:
        member_of("Catalogue Editor")
        tag = Tag.objects.create(label="sale")
        page = Tab(client, f"{SHOP}/product/{product.pk}/change/", "product_form")
        inline = "tags-taggeditem-content_type-object_id"
        typed = {"title": "Big lamp", f"{inline}-TOTAL_FORMS": 1, f"{inline}-0-tag": tag.pk}
        assert page.save(**typed).status_code == 302
        assert Product.objects.get().title == "Big lamp"
        assert TaggedItem.objects.get().tag == tag

    def test_deletes_a_product_with_its_pictures_and_reviews(
        self, member_of: Callable, client: Client, product: Product
    ) -> None:
        member_of("Catalogue Editor")
        baker.make(ProductImage, product=product, image="store/images/x.png")
        baker.make(Review, product=product)
        client.post(f"{SHOP}/product/{product.pk}/delete/", {"post": "yes"})
        assert not Product.objects.exists()
        client.post(f"{SHOP}/collection/{product.collection_id}/delete/", {"post": "yes"})
        assert not Collection.objects.exists()


class TestOrderDesk:
    def test_pays_ships_and_cancels_over_the_api(
        self, member_of: Callable, api_client: APIClient, order: Order
    ) -> None:
        member_of("Order Desk")
        url = f"/store/orders/{order.pk}/"
        assert [each["id"] for each in api_client.get("/store/orders/").json()] == [order.pk]
        paid = api_client.patch(url, {"payment_status": "C"}, format="json")
        assert (paid.status_code, api_client.get(f"{url}payments/").status_code) == (200, 200)
        assert api_client.post(f"{url}cancel/").json()["status"] == "cancelled"
        assert Product.objects.get().inventory == 5

    def test_moves_an_order_in_the_admin(
        self, member_of: Callable, client: Client, order: Order
    ) -> None:
        member_of("Order Desk")
        page = client.get(f"{SHOP}/order/{order.pk}/change/")
        assert [step.status for step in page.context["steps"]] == ["paid", "cancelled"]
        client.post(f"{SHOP}/order/{order.pk}/move/paid/", {"seen": "pending", "reason": ""})
        assert Order.objects.get().status == "paid"
        assert client.get(f"{SHOP}/customer/{order.customer_id}/change/").status_code == 200


class TestCustomerService:
    def test_keeps_a_customer_and_reads_their_orders(
        self, member_of: Callable, api_client: APIClient, order: Order
    ) -> None:
        member_of("Customer Service")
        url = f"/store/customers/{order.customer_id}/"
        changed = api_client.patch(url, {"phone": "777"}, format="json")
        assert (changed.status_code, changed.json()["phone"]) == (200, "777")
        assert [each["id"] for each in api_client.get(f"{url}history/").json()] == [order.pk]

    def test_does_not_touch_the_catalogue(
        self, member_of: Callable, api_client: APIClient, product: Product
    ) -> None:
        member_of("Customer Service")
        url = f"/store/products/{product.pk}/"
        assert api_client.patch(url, {"unit_price": "1.00"}, format="json").status_code == 403
        assert api_client.delete(url).status_code == 403
        assert str(Product.objects.get().unit_price) == "10.00"


class TestAnalyst:
    def test_reads_reports_as_tables(
        self, member_of: Callable, api_client: APIClient, order: Order
    ) -> None:
        member_of("Analyst")
        report = api_client.get("/store/reports/best_sellers/?format=csv")
        assert (report.status_code, "Lamp" in report.text) == (200, True)

    def test_looks_at_orders_and_products_in_the_admin(
        self, member_of: Callable, client: Client, order: Order
    ) -> None:
        member_of("Analyst")
        for path in (f"order/{order.pk}/change/", "product/", "review/", "promotion/"):
            page = client.get(f"{SHOP}/{path}")
            assert (page.status_code, 'name="_save"' in page.text) == (200, False)
