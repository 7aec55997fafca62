from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from rest_framework import serializers
from rest_framework.test import APIClient

from store.models import Product
from store.serializers import ProductSerializer

from .admin.forms import errors_in, inline, product_form

pytestmark = pytest.mark.django_db
URL = "/store/products/"
ADMIN = "/admin/store/product/"
TAKEN = "product with this SKU already exists."
# A collation takes each for the first one.
ALIKE = ["tp-1", "TP-1", "tp-1 ", "tp-１", "tp\u00ad-1", "tṕ-1"]


@pytest.fixture
def product(make_product):
    return make_product(title="Teapot", sku="TP-1")


def skus():
    return {*Product.objects.values_list("sku", flat=True)}


def found(api_client, **query):
    response = api_client.get(URL, query)
    assert response.status_code == 200, response.json()
    return [product["sku"] for product in response.json()["results"]]


class TestWrite:
    @pytest.mark.parametrize("sku", ["x" * 65, "a\0b", [], {}, True, "TP-1", " TP-1 "])
    def test_refused_by_field(self, api_client, authenticate, fields, product, make_product, sku):
        authenticate(is_staff=True)
        other = make_product()

        created = api_client.post(URL, {**fields, "sku": sku}, format="json")
        changed = api_client.patch(f"{URL}{other.pk}/", {"sku": sku}, format="json")

        for response in (created, changed):
            assert (response.status_code, list(response.json())) == (400, ["sku"])
        assert skus() == {"TP-1", None}
        assert Product.objects.count() == 2

    def test_taken_is_told(self, api_client, authenticate, fields, product):
        authenticate(is_staff=True)
        response = api_client.post(URL, {**fields, "sku": "TP-1"})
        assert response.json() == {"sku": [TAKEN]}

    @pytest.mark.parametrize("sku", ["", "  ", None])
    def test_none_is_null(self, api_client, authenticate, fields, product, sku):
        authenticate(is_staff=True)
        created = api_client.post(URL, {**fields, "sku": sku}, format="json")
        again = api_client.post(URL, {**fields, "sku": sku}, format="json")
        changed = api_client.patch(f"{URL}{product.pk}/", {"sku": sku}, format="json")

        assert [r.status_code for r in (created, again, changed)] == [201, 201, 200]
        assert [r.json()["sku"] for r in (created, again, changed)] == [None] * 3
        assert skus() == {None}

    def test_of_another_case_is_another(self, api_client, authenticate, fields, product):
        authenticate(is_staff=True)
        for sku in ("tp-1", "Tp-1", "TP-１", "ṪP-1", "x" * 64, "🎁", "🎉"):
            response = api_client.post(URL, {**fields, "sku": sku})
            assert (response.status_code, response.json().get("sku")) == (201, sku)

    def test_a_product_keeps_its_own(self, api_client, authenticate, fields, product):
        authenticate(is_staff=True)
        changed = api_client.put(f"{URL}{product.pk}/", {**fields, "sku": "TP-1"})
        without = api_client.put(f"{URL}{product.pk}/", fields)
        assert changed.json()["sku"] == without.json()["sku"] == "TP-1"

    def test_the_slower_of_two_requests_is_told_the_field(self, fields, product):
        slower = ProductSerializer(data={**fields, "sku": "new"})
        assert slower.is_valid()
        Product.objects.filter(pk=product.pk).update(sku="new")

        with pytest.raises(serializers.ValidationError) as refusal:
            slower.save()

        assert refusal.value.detail == {"sku": [TAKEN]}
        assert skus() == {"new"}


class TestStore:
    def test_empty_is_null_whoever_saves(self, product, make_product):
        product.sku = ""
        product.full_clean()
        product.save()
        assert product.sku is None
        new = make_product(sku="")
        assert new.sku is None
        new.full_clean()
        Product.objects.update(sku="")
        Product.objects.bulk_update([product], ["sku"])
        made = Product.objects.bulk_create([Product(**unsaved(product), sku="") for _ in "ab"])
        assert {row.sku for row in made} == {None}
        assert skus() == {None}
        assert not Product.objects.filter(sku="").exists()

    def test_a_fixture_with_an_empty_one(self, product, tmp_path):
        path = tmp_path / "products.json"
        call_command("dumpdata", "store.product", output=str(path))
        path.write_text(path.read_text().replace('"TP-1"', '""'))
        call_command("loaddata", str(path), verbosity=0)
        assert skus() == {None}

    def test_letters_are_compared_one_by_one(self, product, make_product):
        for sku in ALIKE[:1] + ALIKE[2:]:
            make_product(sku=sku).full_clean()
        for sku in ALIKE:
            assert [*Product.objects.filter(sku=sku).values_list("sku", flat=True)] == [sku]
            assert Product.objects.filter(sku__in=[sku]).count() == 1

    def test_the_database_refuses_a_second(self, product, make_product):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_product(sku="TP-1")
        with pytest.raises(ValidationError) as refusal:
            Product(**unsaved(product), sku="TP-1").full_clean()
        assert refusal.value.message_dict == {"sku": ["Product with this SKU already exists."]}

    def test_case_is_ignored_where_the_lookup_says_so(self, product):
        for lookup, value in [
            *(("iexact", "tp-1"), ("icontains", "p-"), ("istartswith", "tp"), ("iendswith", "P-1")),
            ("in", ["TP-1", ""]),
        ]:
            assert Product.objects.filter(**{f"sku__{lookup}": value}).get() == product


class TestFind:
    def test_filter_is_exact(self, api_client, product, make_product):
        for sku in ALIKE[2:]:
            make_product(sku=sku)
        for sku in ["TP-1", *ALIKE[2:]]:
            assert found(api_client, sku=sku) == [sku]
        for sku in ["tp-1", "Tp-1", "TP", " TP-1", " ", "TP-_", "%"]:
            assert found(api_client, sku=sku) == []

    def test_empty_is_no_filter(self, api_client, product, make_product):
        make_product()
        assert len(found(api_client, sku="")) == 2

    @pytest.mark.parametrize("sku", ["a\0b", "x" * 65])
    def test_what_is_none_is_refused(self, api_client, product, sku):
        response = api_client.get(URL, {"sku": sku})
        assert (response.status_code, list(response.json())) == (400, ["sku"])

    @pytest.mark.parametrize("text", ["tp-1", "TP", "P-1 teapot"])
    def test_search(self, api_client, product, make_product, text):
        make_product()
        assert found(api_client, search=text) == ["TP-1"]

    @pytest.mark.cache
    def test_a_list_never_shows_yesterdays(self, api_client, product):
        query = {"sku": "TP-1"}
        assert found(api_client, **query) == found(api_client, **query) == ["TP-1"]
        Product.objects.update(sku="TP-2")
        assert found(api_client, **query) == []
        Product.objects.update(sku="TP-1")
        assert found(api_client, search="TP-1") == found(api_client, **query) == ["TP-1"]


class TestAdmin:
    def test_form_stores_it(self, admin_client, product):
        url = f"{ADMIN}{product.pk}/change/"
        for sku, stored in [("tp-2", "tp-2"), ("  ", None), ("TP-3 ", "TP-3"), ("", None)]:
            response = admin_client.post(url, product_form(product, sku=sku))
            assert response.status_code == 302
            product.refresh_from_db()
            assert product.sku == stored

    @pytest.mark.parametrize(
        ("sku", "error"),
        [
            ("TP-1", "Product with this SKU already exists."),
            ("x" * 65, "Ensure this value has at most 64 characters (it has 65)."),
            ("a\0b", "Null characters are not allowed."),
        ],
    )
    def test_form_refuses_by_field(self, admin_client, product, make_product, sku, error):
        other = make_product()
        url = f"{ADMIN}{other.pk}/change/"
        page = admin_client.post(url, product_form(other, sku=sku))
        assert errors_in(page) == [error]
        assert page.context["adminform"].form.errors == {"sku": [error]}
        assert skus() == {"TP-1", None}

    def test_list_shows_and_finds_it(self, admin_client, product, make_product):
        make_product()
        page = admin_client.get(ADMIN, {"q": "tp-1"})
        assert [row.sku for row in page.context["cl"].result_list] == ["TP-1"]
        assert '<td class="field-sku">TP-1</td>' in page.content.decode()

    def test_an_edited_list_leaves_it(self, admin_client, product):
        form = inline("form", [{"id": product.pk, "unit_price": "12.50"}], initial=1)
        assert admin_client.post(ADMIN, {**form, "_save": "Save"}).status_code == 302
        assert skus() == {"TP-1"}


@pytest.mark.django_db(transaction=True)
class TestRace:
    """Many requests write one sku at once."""

    def test_one_gets_it_and_the_others_are_told_the_field(self, make_product):
        products = [make_product() for _ in range(8)]
        staff = get_user_model()(is_staff=True)

        def change(product):
            client = APIClient()
            client.force_authenticate(staff)
            with closing(connection):
                response = client.patch(f"{URL}{product.pk}/", {"sku": "TP-1"})
            return response.status_code, *(response.json() if response.status_code == 400 else ())

        with ThreadPoolExecutor(len(products)) as pool:
            answers = sorted(pool.map(change, products))

        assert answers == [(200,)] + [(400, "sku")] * (len(products) - 1)
        assert Product.objects.filter(sku="TP-1").count() == 1

    def test_forms_of_the_admin_too(self, make_product, admin_user):
        products = [make_product() for _ in range(4)]
        clients = [Client() for _ in products]
        for client in clients:
            client.force_login(admin_user)

        def change(client, product):
            with closing(connection):
                url = f"{ADMIN}{product.pk}/change/"
                response = client.post(url, product_form(product, sku="TP-1"))
            return response.status_code, "SKU already exists" in response.content.decode()

        with ThreadPoolExecutor(len(products)) as pool:
            answers = sorted(pool.map(change, clients, products))

        assert answers == [(200, True)] * (len(products) - 1) + [(302, False)]
        assert Product.objects.filter(sku="TP-1").count() == 1


@pytest.mark.django_db(transaction=True)
def test_migration_goes_and_comes_again_with_rows_there(product):
    try:
        call_command("migrate", "store", "0009", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    assert skus() == {None}


def unsaved(product):
    names = ("title", "slug", "unit_price", "inventory", "collection")
    return {name: getattr(product, name) for name in names}
