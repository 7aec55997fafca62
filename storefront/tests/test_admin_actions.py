"""An action on many rows asks first, changes what it has shown, and leaves a trace."""

import logging
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from outbox.models import Mail
from store.models import Collection, Product
from storefront.admin.actions import LOGGED_EACH
from storefront.admin.sites import ShopAdminSite
from tags.models import Tag

from .shop import fill_shop, rows_of_the_admin

pytestmark = pytest.mark.django_db

PRODUCTS = "/admin/store/product/"
CHANGED = "The selection has changed since it was shown. Nothing was changed; please look again."


def clear(rows: Any, **fields: Any) -> dict[str, Any]:
    keys = [row.pk for row in rows]
    return {"action": "clear_inventory", "_selected_action": keys, **fields}


def messages_in(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def in_stock() -> int:
    return Product.objects.filter(inventory__gt=0).count()


@pytest.fixture
def products() -> list[Product]:
    collection = Collection.objects.create(title="Kitchen")
    rows = [Product(title=f"Cup {n:03}", slug="cup", unit_price=2, inventory=7) for n in range(12)]
    for row in rows:
        row.collection = collection
    return Product.objects.bulk_create(rows)


class Wild(admin.ModelAdmin):
    actions = ["wipe"]

    def wipe(self, request: Any, queryset: Any) -> None:
        queryset.delete()


class TestEveryAction:
    def test_asks_before_it_writes(self, admin_client: Client) -> None:
        fill_shop()
        before = rows_of_the_admin()
        asked = set()
        for model, model_admin in admin.site._registry.items():
            name = f"{model._meta.app_label}_{model._meta.model_name}"
            for _, action, _ in model_admin._get_base_actions():
                # Whatever a page has a button for, the list has no such field.
                form = {"action": action, "_selected_action": 1, "select_across": 1, "index": 0}
                page = admin_client.post(reverse(f"admin:{name}_changelist"), form)
                assert page.status_code in (200, 302)
                asked.add(action)

        assert rows_of_the_admin() == before
        assert not LogEntry.objects.exists()
        assert {"delete_selected", "clear_inventory", "try_again", "move_to_paid"} <= asked

    def test_is_built_to_ask(self) -> None:
        site = ShopAdminSite("other")
        site.register(Tag, Wild)

        assert [error.id for error in site.check(None)] == ["storefront.E001"]
        assert admin.site.check(None) == []


class TestPage:
    def test_says_how_many_and_names_some(
        self, admin_client: Client, products: list[Product]
    ) -> None:
        Product.objects.filter(pk=products[0].pk).update(inventory=0)

        url = f"{PRODUCTS}?collection__id__exact={products[0].collection_id}"
        page = admin_client.post(url, clear(products[:1], select_across=1))

        assertContains(page, '<strong id="affected">11 products</strong> will have nothing')
        assertContains(page, "1 other of those selected will not change.")
        assertContains(page, "<li>and 1 more</li>", html=True)
        assertContains(page, f'href="{url}" class="closelink"')
        assertContains(page, 'name="_selected_action"', count=1)
        assert in_stock() == 11

    def test_is_shown_again_where_it_would_be_others(
        self, admin_client: Client, products: list[Product]
    ) -> None:
        page = admin_client.post(PRODUCTS, clear(products[:1], select_across=1))
        form = clear(products[:1], select_across=1, shown=page.context["shown"])
        # As many as before, but not the same.
        Product.objects.filter(pk=products[0].pk).update(inventory=0)
        Product.objects.create(
            title="Pot", unit_price=2, inventory=1, collection=products[0].collection
        )

        page = admin_client.post(PRODUCTS, form)

        assertContains(page, '<strong id="affected">12 products</strong>')
        assert messages_in(page) == [CHANGED]
        assert in_stock() == 12
        assert not LogEntry.objects.exists()

    @pytest.mark.parametrize("select_across", [0, 1])
    def test_is_not_shown_for_nothing(
        self, admin_client: Client, products: list[Product], select_across: int
    ) -> None:
        Product.objects.update(inventory=0)

        form = clear(products, select_across=select_across)
        page = admin_client.post(f"{PRODUCTS}?q=saucer", form, follow=True)

        assert messages_in(page) == ["None of the selected rows is left to be changed."]

    @pytest.mark.parametrize("rights", [[], ["view_product"]])
    def test_is_not_for_those_who_may_only_look(
        self, client: Client, products: list[Product], rights: list[str]
    ) -> None:
        user = fill_shop()["user"]
        type(user).objects.filter(pk=user.pk).update(is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=rights))
        client.force_login(user)

        assert b"clear_inventory" not in client.get(PRODUCTS).content
        client.post(PRODUCTS, clear(products))
        client.post(PRODUCTS, clear(products, shown="x"))

        assert not Product.objects.filter(inventory=0).exists()


class TestTrace:
    def confirm(self, client: Client, rows: Any, **fields: Any) -> Any:
        page = client.post(PRODUCTS, clear(rows, **fields))
        form = clear(rows, **fields, shown=page.context["shown"])
        responses = [client.post(PRODUCTS, form, follow=True) for _ in range(2)]
        # A double click changes and logs nothing more.
        assert messages_in(responses[1]) == ["None of the selected rows is left to be changed."]
        return responses[0]

    def test_of_few_rows_names_each(
        self,
        admin_client: Client,
        admin_user: Any,
        products: list[Product],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with caplog.at_level(logging.INFO, "storefront.admin.actions"):
            page = self.confirm(admin_client, products[:3])

        assert messages_in(page) == ["The inventory of 3 products was cleared."]
        assert in_stock() == 9
        entries = LogEntry.objects.filter(user=admin_user, change_message="Clear inventory.")
        assert {entry.get_edited_object() for entry in entries} == {*products[:3]}
        assert caplog.messages == [
            f"User {admin_user.pk}: clear_inventory of 3 x store.Product",
        ]

    def test_of_many_rows_is_one_line(self, admin_client: Client, products: list[Product]) -> None:
        Product.objects.bulk_create(
            Product(
                title="Cup",
                slug="cup",
                unit_price=2,
                inventory=7,
                collection_id=products[0].collection_id,
            )
            for _ in range(LOGGED_EACH)
        )

        self.confirm(admin_client, products[:1], select_across=1)

        entry = LogEntry.objects.get()
        assert (entry.object_id, entry.object_repr) == (None, "112 products")
        assert in_stock() == 0
        assertContains(admin_client.get("/admin/"), "112 products")

    def test_of_a_deletion_is_there_too(
        self, admin_client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        tag = Tag.objects.create(label="sale")

        form = {"action": "delete_selected", "_selected_action": tag.pk, "post": "yes"}
        with caplog.at_level(logging.INFO, "storefront.admin.actions"):
            admin_client.post("/admin/tags/tag/", form)

        assert not Tag.objects.exists()
        assert LogEntry.objects.get().object_repr == "sale"
        assert caplog.messages[0].endswith("delete_selected of 1 x tags.Tag")


def test_a_mail_that_waits_already_is_not_counted(admin_client: Client) -> None:
    fill_shop()
    waiting = Mail.objects.create(recipient="bob@example.com", subject="Waiting")

    keys = list(Mail.objects.values_list("pk", flat=True))
    form = {"action": "try_again", "_selected_action": keys}
    page = admin_client.post("/admin/outbox/mail/", form)

    assertContains(page, '<strong id="affected">1 mail</strong> will be sent again.')
    assert Mail.objects.due().get() == waiting
