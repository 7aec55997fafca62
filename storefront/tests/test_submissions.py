"""A form of the admin acts once, however often it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, IntegrityError, connection
from django.test import Client
from django.utils import timezone
from model_bakery import baker
from PIL import Image

from core.models import User
from store.models import Address, Collection, Order, Product, Promotion
from storefront.models import FormSubmission
from storefront.tasks import purge_form_submissions
from tags.models import Tag

from .pages import Tab

ADD = "/admin/store/order/add/"


@pytest.fixture
def product(db):
    return baker.make(Product, title="Teapot", unit_price=10, inventory=10)


@pytest.fixture
def order_tab(admin_client, admin_user, product):
    tab = Tab(admin_client, ADD, "order_form")
    tab.fields |= {"customer": admin_user.customer.pk, "items-0-product": product.pk}
    tab.fields |= {"items-0-quantity": "4", "items-TOTAL_FORMS": "1"}
    return tab


@pytest.fixture
def picture():
    content = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(content, "PNG")
    return SimpleUploadedFile("teapot.png", content.getvalue())


@pytest.mark.django_db
class TestSentAgain:
    def test_an_order_is_added_once(self, order_tab, product):
        responses = [order_tab.save() for _ in range(3)]

        assert {(page.status_code, page["Location"]) for page in responses} == {
            (302, "/admin/store/order/")
        }
        assert Order.objects.count() == 1
        product.refresh_from_db()
        assert product.inventory == 6

    def test_another_button_adds_no_other(self, order_tab):
        order_tab.save()
        page = order_tab.save("_continue")

        assert page["Location"] == f"/admin/store/order/{Order.objects.get().pk}/change/"

    def test_a_form_that_was_edited_since_is_another_one(self, order_tab):
        order_tab.save()
        order_tab.save(**{"items-0-quantity": "2"})

        assert Order.objects.count() == 2

    def test_a_form_that_was_refused_may_be_sent_again(self, order_tab, product):
        Product.objects.update(inventory=3)
        assert order_tab.save().status_code == 200
        assert not FormSubmission.objects.exists()
        Product.objects.update(inventory=4)

        assert order_tab.save().status_code == 302

        assert Order.objects.count() == 1

    @pytest.mark.parametrize("error", [DataError, IntegrityError])
    def test_an_order_that_the_database_refused_may_be_sent_again(
        self, order_tab, product, monkeypatch, error
    ):
        with monkeypatch.context() as patch:
            patch.setattr("store.admin.orders.write_order", Mock(side_effect=error))
            refused = order_tab.save()

        assert (refused.status_code, Order.objects.count()) == (200, 0)
        assert "nothing was changed" in refused.content.decode()
        assert [order_tab.save().status_code for _ in range(2)] == [302, 302]
        assert Order.objects.count() == 1

    def test_each_showing_is_a_form_of_its_own(self, admin_client):
        for _ in range(2):
            Tab(admin_client, "/admin/store/promotion/add/", "promotion_form").save(
                description="Sale", discount="0.1"
            )

        assert Promotion.objects.count() == 2

    def test_a_new_row_on_a_page_is_added_once(self, admin_client, admin_user):
        customer = admin_user.customer
        page = Tab(admin_client, f"/admin/store/customer/{customer.pk}/change/", "customer_form")
        new = {"TOTAL_FORMS": "1", "0-street": "Hill 1", "0-city": "Bern", "0-zip": "3000"}

        for _ in range(2):
            page.save(**{f"addresses-{name}": value for name, value in new.items()})

        assert Address.objects.count() == 1

    @pytest.mark.parametrize(
        ("model", "typed"),
        [
            (Collection, {"title": "Kitchen"}),
            (Tag, {"label": "new"}),
            (Promotion, {"description": "Sale", "discount": "0.1"}),
        ],
    )
    def test_every_add_form(self, admin_client, model, typed):
        name = model._meta.model_name
        address = f"/admin/{model._meta.app_label}/{name}/add/"
        tab = Tab(admin_client, address, f"{name}_form")

        assert [tab.save(**typed).status_code for _ in range(2)] == [302, 302]

        assert model.objects.count() == 1

    def test_a_user_is_added_once_and_not_refused_as_taken(self, admin_client):
        tab = Tab(admin_client, "/admin/core/user/add/", "user_form")
        secret = "a-Str0ng-one"
        typed = {
            "username": "ann",
            "email": "ann@example.com",
            "password1": secret,
            "password2": secret,
        }

        assert [tab.save(**typed).status_code for _ in range(2)] == [302, 302]

        assert User.objects.filter(username="ann").count() == 1

    def test_one_whose_row_was_deleted_since_makes_no_other(self, admin_client):
        tab = Tab(admin_client, "/admin/store/collection/add/", "collection_form")
        tab.save(title="Kitchen")
        Collection.objects.all().delete()

        assert tab.save().status_code == 302

        assert not Collection.objects.exists()

    def test_what_is_a_day_old_is_forgotten(self, order_tab):
        order_tab.save()
        purge_form_submissions()
        assert FormSubmission.objects.count() == 1
        FormSubmission.objects.update(made_at=timezone.now() - timedelta(days=2))

        purge_form_submissions()

        assert not FormSubmission.objects.exists()


def post_at_once(requests):
    """Send forms, each of a person to an address, at the same moment; return the statuses."""
    together = Barrier(len(requests))

    def post(request):
        user, address, fields = request
        client = Client()
        client.force_login(user)
        together.wait()
        try:
            return client.post(address, fields).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return [*pool.map(post, requests)]


@pytest.mark.django_db(transaction=True)
def test_many_clicks_on_what_is_refused_are_refused(order_tab, admin_user):
    fields = {**order_tab.fields, "items-0-quantity": "11", "_save": "Save"}

    assert post_at_once([(admin_user, ADD, fields)] * 6) == [200] * 6

    assert not Order.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_of_two_who_add_the_same_user_is_told(admin_user, admin_client, django_user_model):
    address, secret = "/admin/core/user/add/", "a-Str0ng-one"
    boss = django_user_model.objects.create_superuser("boss", "boss@example.com", secret)
    typed = {"username": "ann", "password1": secret, "password2": secret, "_save": "Save"}
    forms = [Tab(admin_client, address, "user_form").fields | typed for _ in range(2)]
    requests = [
        (user, address, {**form, "email": f"{user.username}-ann@example.com"})
        for user, form in zip([admin_user, boss], forms, strict=True)
    ]

    assert sorted(post_at_once(requests)) == [200, 302]

    assert django_user_model.objects.filter(username="ann").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_make_one_order(order_tab, admin_user, product):
    fields = {**order_tab.fields, "_save": "Save"}

    statuses = post_at_once([(admin_user, ADD, fields)] * 8)

    assert statuses == [302] * 8
    assert Order.objects.count() == 1
    product.refresh_from_db()
    assert product.inventory == 6


@pytest.mark.django_db
class TestFiles:
    @pytest.fixture
    def tab(self, admin_client, product, picture):
        product.images.create(image=picture)
        picture.seek(0)
        return Tab(admin_client, f"/admin/store/product/{product.pk}/change/", "product_form")

    def test_a_second_picture_is_sent_as_a_file(self, tab, product, picture):
        assert tab.enctype == "multipart/form-data"

        tab.save(**{"images-TOTAL_FORMS": "2", "images-1-image": picture})

        assert product.images.count() == 2

    def test_another_file_of_the_same_name_is_another_form(self, tab, product):
        content = BytesIO()
        Image.new("RGB", (8, 8), "red").save(content, "BMP")
        red = content.getvalue()
        for picture in (red, red[:-3] + bytes([9, 9, 9])):
            file = SimpleUploadedFile("teapot.bmp", picture)
            tab.save(**{"images-TOTAL_FORMS": "2", "images-1-image": file})

        # Of a page that was saved already only what it adds is passed over, and only if it is the same.
        assert product.images.count() == 3

    def test_a_failed_save_says_that_files_are_to_be_chosen_again(self, tab, product, picture):
        tab.save(title="", **{"images-TOTAL_FORMS": "2", "images-1-image": picture})

        assert tab.errors == [
            "This field is required.",
            "Nothing was saved yet: choose “teapot.png” again.",
        ]
        assert product.images.count() == 1

    def test_a_file_that_was_refused_has_its_own_reason_only(self, tab, product):
        text = SimpleUploadedFile("teapot.png", b"no picture")

        tab.save(**{"images-TOTAL_FORMS": "2", "images-1-image": text})

        assert len(tab.errors) == 1
        assert product.images.count() == 1
