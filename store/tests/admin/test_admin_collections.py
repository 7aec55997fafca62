import pytest
from model_bakery import baker
from pytest_django.asserts import assertContains

from store.models import Collection, Product, Promotion

from .forms import titles_in

pytestmark = pytest.mark.django_db


def test_the_number_of_products_leads_to_them(admin_client, make_product, collection):
    mine = [make_product() for _ in range(3)]
    make_product(collection=baker.make(Collection))

    page = admin_client.get("/admin/store/collection/?q=kitchen")

    url = f"/admin/store/product/?collection__id__exact={collection.pk}"
    assertContains(page, f'<a href="{url}">3</a>')
    assert titles_in(admin_client.get(url)) == [product.title for product in mine]


def test_collections_sort_by_their_number_of_products(admin_client, product):
    baker.make(Collection, title="Empty")

    titles = titles_in(admin_client.get("/admin/store/collection/?o=2"))

    assert titles == ["Empty", "Kitchen"]


def test_the_featured_product_is_chosen_by_typing(admin_client, product, make_product):
    make_product(title="Spoon")
    query = "app_label=store&model_name=collection&field_name=featured_product&term=teap"

    found = admin_client.get(f"/admin/autocomplete/?{query}").json()["results"]

    assert found == [{"id": str(product.pk), "text": "Teapot"}]


def test_a_promotion_shows_its_discount_in_per_cent(admin_client):
    Promotion.objects.create(description="Odd", discount=0.07)

    page = admin_client.get("/admin/store/promotion/")

    assertContains(page, '<td class="field-discount_percent">7 %</td>')


def test_deleting_a_promotion_leaves_its_products(admin_client, product):
    promotion = product.promotions.create(description="Spring", discount=0.1)
    url = f"/admin/store/promotion/{promotion.pk}/delete/"

    assertContains(admin_client.get(url), "Products that lose them: 1")
    admin_client.post(url, {"post": "yes"})

    assert not Promotion.objects.exists()
    assert Product.objects.get() == product
