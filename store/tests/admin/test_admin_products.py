from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains

from store.models import Product, Promotion

from .forms import errors_in, inline, messages_in, product_form, titles_in

pytestmark = pytest.mark.django_db

LIST = "/admin/store/product/"


@pytest.fixture
def picture():
    content = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(content, "PNG")
    return SimpleUploadedFile("teapot.png", content.getvalue())


def change_url(product):
    return f"{LIST}{product.pk}/change/"


class TestList:
    @pytest.mark.parametrize(
        ("stock", "shown"),
        [
            ({"inventory": 0}, 'badge-bad" title="">Sold out<'),
            ({"inventory": 0, "low_stock_threshold": 0}, 'badge-bad" title="">Sold out<'),
            ({"inventory": 9}, 'badge-warn" title="Fewer than 10">9 low<'),
            ({"inventory": 10}, 'badge-ok" title="">10<'),
            ({"inventory": 10, "low_stock_threshold": 11}, 'title="Fewer than 11">10 low<'),
        ],
    )
    def test_tells_the_stock(self, admin_client, make_product, stock, shown):
        product = make_product(**stock)

        assertContains(admin_client.get(LIST), shown, count=1)
        assertContains(admin_client.get(change_url(product)), shown, count=1)

    def test_shows_the_collection_of_each_product(self, admin_client, product):
        assertContains(admin_client.get(LIST), '<td class="field-collection_title">Kitchen</td>')

    def test_sorts_by_inventory(self, admin_client, make_product):
        for inventory in (5, 500, 50):
            make_product(title=f"{inventory} pieces", inventory=inventory)

        titles = titles_in(admin_client.get(LIST, {"o": "-3"}))

        assert titles == ["500 pieces", "50 pieces", "5 pieces"]

    def test_filters_what_runs_low(self, admin_client, make_product):
        make_product(title="Plenty", inventory=10)
        make_product(title="Scarce", inventory=9)

        assert titles_in(admin_client.get(LIST, {"inventory": "low"})) == ["Scarce"]

    def test_filters_what_is_sold_out(self, admin_client, make_product):
        make_product(title="Scarce", inventory=1)
        make_product(title="Gone", inventory=0)

        assert titles_in(admin_client.get(LIST, {"inventory": "out"})) == ["Gone"]

    def test_finds_a_word_of_the_title(self, admin_client, make_product):
        make_product(title="Steel Teapot")
        make_product(title="Steel Spoon")

        assert titles_in(admin_client.get(LIST, {"q": "teapot"})) == ["Steel Teapot"]

    def test_saves_an_edited_price_and_nothing_else(self, admin_client, product):
        form = inline("form", [{"id": product.pk, "unit_price": "12.50"}], initial=1)

        page = admin_client.post(LIST, {**form, "_save": "Save"}, follow=True)

        assert messages_in(page) == ["1 product was changed successfully."]
        stored = Product.objects.get()
        assert (stored.unit_price, stored.inventory) == (Decimal("12.50"), 10)

    def test_refuses_a_price_below_the_least(self, admin_client, product):
        form = inline("form", [{"id": product.pk, "unit_price": "0.50"}], initial=1)

        page = admin_client.post(LIST, {**form, "_save": "Save"})

        assertContains(page, "Ensure this value is greater than or equal to 1.")
        assert Product.objects.get().unit_price == Decimal("10.00")

    def test_clears_the_inventory_of_the_selected(self, admin_client, make_product):
        chosen = [make_product() for _ in range(2)]
        other = make_product()
        before = chosen[0].last_update

        form = {"action": "clear_inventory", "_selected_action": [row.pk for row in chosen]}
        page = admin_client.post(LIST, form)
        assertContains(page, "2 products</strong> will have nothing in stock.")
        assert not Product.objects.filter(inventory=0).exists()
        form["shown"] = page.context["shown"]
        page = admin_client.post(LIST, form, follow=True)

        assert messages_in(page) == ["The inventory of 2 products was cleared."]
        assert set(Product.objects.filter(inventory=0)) == set(chosen)
        assert Product.objects.get(pk=other.pk).inventory == 10
        assert Product.objects.get(pk=chosen[0].pk).last_update > before


class TestForm:
    def test_adds_a_product_with_promotions(self, admin_client, collection):
        promotion = Promotion.objects.create(description="Spring", discount=0.1)
        unsaved = Product(title="Teapot", slug="teapot", unit_price=9, inventory=3)
        unsaved.collection = collection

        form = product_form(unsaved, promotions=[promotion.pk])
        admin_client.post(f"{LIST}add/", form)

        stored = Product.objects.get()
        assert (stored.title, stored.inventory) == ("Teapot", 3)
        assert stored.promotions.get() == promotion

    def test_has_no_select_box_of_collections_or_promotions(self, admin_client, make_product):
        product = make_product(collection__title="Garden")
        Promotion.objects.create(description="Spring", discount=0.1)

        page = admin_client.get(change_url(product))

        assertContains(page, 'data-field-name="collection"')
        assertContains(page, 'data-field-name="promotions"')
        assertNotContains(page, "Spring")

    def test_adds_a_picture_and_shows_it_small(self, admin_client, product, picture):
        form = product_form(product, **inline("images", [{"image": picture}]))
        admin_client.post(change_url(product), form)

        url = product.images.get().image.url
        page = admin_client.get(change_url(product))
        assertContains(page, f'<img class="thumbnail" src="{url}" alt="" loading="lazy">')

    def test_refuses_what_is_no_picture(self, admin_client, product):
        text = SimpleUploadedFile("teapot.png", b"not a picture")

        form = product_form(product, **inline("images", [{"image": text}]))
        page = admin_client.post(change_url(product), form)

        assert len(errors_in(page)) == 1
        assert not product.images.exists()

    def test_removes_a_picture(self, admin_client, product, picture):
        image = product.images.create(image=picture)

        row = {"id": image.pk, "product": product.pk, "DELETE": "on"}
        form = product_form(product, **inline("images", [row], initial=1))
        admin_client.post(change_url(product), form)

        assert not product.images.exists()

    def test_removes_a_picture_whose_file_is_gone(self, admin_client, product, picture):
        image = product.images.create(image=picture)
        image.image.storage.delete(image.image.name)

        row = {"id": image.pk, "product": product.pk, "DELETE": "on"}
        form = product_form(product, **inline("images", [row], initial=1))
        admin_client.post(change_url(product), form)

        assert not product.images.exists()

    def test_never_replaces_a_picture(self, admin_client, product, picture):
        image = product.images.create(image=picture)
        picture.seek(0)

        row = {"id": image.pk, "product": product.pk, "image": picture}
        form = product_form(product, **inline("images", [row], initial=1))
        admin_client.post(change_url(product), form)

        assert product.images.get().image.name == image.image.name


class TestStockThatOrdersChangeMeanwhile:
    def test_stays_when_staff_change_something_else(self, admin_client, product):
        form = product_form(product, title="Better Teapot")
        Product.objects.update(inventory=7)

        admin_client.post(change_url(product), form)

        stored = Product.objects.get()
        assert (stored.title, stored.inventory) == ("Better Teapot", 7)

    def test_is_not_overwritten_unseen(self, admin_client, product):
        form = product_form(product, inventory=12)
        Product.objects.update(inventory=7)

        page = admin_client.post(change_url(product), form)

        (error,) = errors_in(page)
        assert error.startswith(
            "Somebody else changed this to “7” while you were editing; you wrote “12”."
        )
        assert Product.objects.get().inventory == 7

    def test_is_set_by_staff_who_saw_it(self, admin_client, product):
        admin_client.post(change_url(product), product_form(product, inventory=12))

        assert Product.objects.get().inventory == 12


def test_customer_service_sees_products_and_changes_none(desk_client, product):
    page = desk_client.get(change_url(product))
    assertContains(page, "<h1>Teapot</h1>")

    assert desk_client.post(change_url(product), product_form(product)).status_code == 403
