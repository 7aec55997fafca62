"""Whatever stands in an address of the admin is answered, and nothing of it is a server error."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import DateField, ForeignKey
from django.test import Client
from django.urls import reverse
from model_bakery import baker
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from store.admin.catalog import ProductAdmin
from store.models import Product

from .shop import fill_shop

HUGE = "9" * 30
NUL = "%00"
# Each is a time, but none that is a time in another zone too.
TIMES = ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2B14:00"]
LISTS = [
    *("p=99999999999", "p=-1", "o=99.-99.x", "o=" + "1." * 999, "q=" + "a+" * 30_000, 'q="'),
    *(f"q={NUL}", "q=a&_facets=True", f"_changelist_filters={NUL}", "_to_field=x", f"pk={HUGE}"),
    *(f"pk__in={HUGE}", "id__range=1", "id__regex=(x", "pk=1&" * 900, "e=1&nothing__x=1"),
]
KEYS = ["x", HUGE, "9" * 5000, NUL, "_0A", "%ED%A0%80"]
TERMS = [f"term={NUL}", "term=" + "x" * 60_000, f"page={HUGE}"]
PRODUCTS = "/admin/store/product/"


def filters(model: Any) -> Iterator[str]:
    """Filter by columns of a model in ways that make no sense."""
    for field in model._meta.concrete_fields:
        if isinstance(field, DateField):
            yield from (f"{field.name}__year={year}" for year in ("99999", "0", HUGE))
            yield from (f"{field.name}__gte={time}" for time in TIMES)
        elif isinstance(field, ForeignKey):
            yield from (f"{field.name}__id__exact={key}" for key in (HUGE, NUL))
        else:
            yield f"{field.name}__in={NUL},1e999,{HUGE}"


def addresses_of(model: Any) -> Iterator[str]:
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    changelist = reverse(f"admin:{name}_changelist")
    yield from (f"{changelist}?{query}" for query in [*LISTS, *filters(model)])
    fields = model._meta.get_fields()
    for value in ("x", HUGE, NUL):
        yield f"{changelist}add/?" + "&".join(f"{field.name}={value}" for field in fields)
    for time in TIMES:
        times = [field.name for field in fields if isinstance(field, DateField)]
        yield f"{changelist}add/?" + "&".join(f"{name}={time}" for name in times)
    yield from (f"{changelist}{key}/change/" for key in KEYS)
    yield from (f"{changelist}{HUGE}/{page}/" for page in ("delete", "history"))
    relation = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}"
    for field in fields:
        if field.is_relation:
            url = f"/admin/autocomplete/?{relation}&field_name={field.name}"
            yield from (f"{url}&{term}" for term in TERMS)


def other_addresses() -> Iterator[str]:
    for content_type in (*ContentType.objects.values_list("pk", flat=True), "x", HUGE):
        yield from (f"/admin/r/{content_type}/{key}/" for key in ("x", HUGE, NUL))
    yield from (f"/admin/autocomplete/?app_label={name}&model_name=&field_name=" for name in KEYS)
    yield from (f"/admin/{path}" for path in ("autocomplete/", f"?x={NUL}", f"login/?next={NUL}"))
    yield from (f"/admin/store/order/{key}/move/paid/" for key in KEYS)
    yield from (f"/admin/store/product/{key}/pictures/" for key in KEYS)
    yield from (f"/admin/store/promotion/calendar/?month={key}" for key in KEYS)
    yield from (f"/admin/tags/tag/merge/?tag={key}&tag=1&into={key}" for key in KEYS)
    yield from (f"/admin/core/user/{key}/password/" for key in KEYS)


# A statement that PostgreSQL refuses would end the transaction of the test.
@pytest.mark.django_db(transaction=True)
def test_no_address_is_a_server_error(admin_client: Client) -> None:
    fill_shop()
    admin_client.raise_request_exception = False
    addresses = [*other_addresses()]
    for model in admin.site._registry:
        addresses += addresses_of(model)

    failed = [path for path in addresses if admin_client.get(path).status_code >= 500]

    assert [path[:200] for path in failed] == []


@pytest.mark.django_db(transaction=True)
class TestLists:
    @pytest.mark.parametrize("query", ["last_update__year=99999", "nothing=1", "id__in=x"])
    def test_go_back_to_all_rows_and_say_so(self, admin_client: Client, query: str) -> None:
        fill_shop()

        page = admin_client.get(f"{PRODUCTS}?{query}", follow=True)

        assertRedirects(page, f"{PRODUCTS}?e=1")
        assertContains(page, "The list cannot be filtered like that; this is all of it.")
        assertContains(page, "1 product")

    def test_find_nothing_by_an_endless_word(self, admin_client: Client) -> None:
        fill_shop()

        page = admin_client.get(PRODUCTS, {"q": "x" * 256})

        assertContains(page, "Nothing is found by more than 255 characters.")
        assertContains(page, "0 products")

    @pytest.mark.parametrize("query", ["", "?q=teapot"])
    def test_hide_no_error_of_the_shop(
        self, admin_client: Client, monkeypatch: pytest.MonkeyPatch, query: str
    ) -> None:
        def fail(model_admin: Any, product: Product) -> str:
            raise ValueError("A bug.")

        fill_shop()
        monkeypatch.setattr(ProductAdmin, "stock", fail)

        with pytest.raises(ValueError, match="A bug."):
            admin_client.get(f"{PRODUCTS}{query}")


@pytest.mark.django_db
class TestNewRow:
    def test_starts_from_what_the_address_says_sensibly(self, admin_client: Client) -> None:
        collection = baker.make("store.Collection", title="Kitchen")

        query = {"collection": collection.pk, "title": "Teapot", "inventory": "many"}
        page = admin_client.get(f"{PRODUCTS}add/", query)

        assertContains(page, 'value="Teapot"')
        assertContains(page, '" selected>Kitchen</option>')
        assertContains(page, "Left out, as the address says nothing sensible of it: inventory.")

    def test_leaves_out_rows_that_are_none(self, admin_client: Client) -> None:
        query = {"collection": "abc", "promotions": f"1,{HUGE}", "slug": "teapot"}
        page = admin_client.get(f"{PRODUCTS}add/", query)

        assertContains(page, 'value="teapot"')
        assertContains(page, "nothing sensible of it: collection, promotions.")

    def test_takes_a_date_and_a_time(self, admin_client: Client) -> None:
        page = admin_client.get("/admin/store/promotion/add/?starts_at=2030-05-01 10:30")

        assertContains(page, 'value="2030-05-01"')
        assertContains(page, 'value="10:30:00"')
        assertNotContains(page, "Left out")


@pytest.mark.django_db
class TestAutocomplete:
    URL = "/admin/autocomplete/?app_label=store&model_name=order&field_name=customer"

    @pytest.mark.parametrize(
        ("query", "status_code"), [("term=%00", 400), ("term=" + "x" * 256, 400), ("page=7", 404)]
    )
    def test_answers_in_json(self, admin_client: Client, query: str, status_code: int) -> None:
        response = admin_client.get(f"{self.URL}&{query}")

        assert (response.status_code, len(response.json())) == (status_code, 1)


@pytest.mark.django_db
class TestSelection:
    @pytest.mark.parametrize(
        "form",
        [
            {"_selected_action": "x"},
            {"_selected_action": [1, HUGE]},
            {"_selected_action": "\0"},
            {"_selected_action": 1, "select_across": "x"},
        ],
    )
    def test_that_is_none_changes_nothing(self, admin_client: Client, form: Any) -> None:
        product = fill_shop()["product"]

        form = {"action": "delete_selected", "post": "yes", **form}
        page = admin_client.post(PRODUCTS, form, follow=True)

        assertContains(page, "The selection cannot be read. Nothing was changed.")
        assert Product.objects.get() == product

    def test_of_more_rows_than_a_form_may_have_is_told(self, admin_client: Client) -> None:
        form = {"action": "delete_selected", "_selected_action": range(1001)}
        page = admin_client.post(PRODUCTS, form, headers={"Accept": "text/html"})

        assertContains(page, "The form had more than 1000 fields.", status_code=400)
