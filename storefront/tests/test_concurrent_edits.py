"""Two people, or two tabs, with one form of the admin open."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from model_bakery import baker

from store.models import Collection, Product, Promotion
from storefront.admin.options import ConcurrentEditAdmin, ConcurrentEditInline
from tags.models import Tag, TaggedItem

from .pages import Tab, warnings_in

pytestmark = pytest.mark.django_db
LIST = "/admin/store/product/"


@pytest.fixture
def tab(admin_client, product):
    return lambda: Tab(admin_client, f"{LIST}{product.pk}/change/", "product_form")


def test_every_admin_and_inline_has_such_forms():
    admins = [*admin.site._registry.values()]
    inlines = [inline for each in admins for inline in each.inlines]

    assert len(admins) > 10
    assert [each for each in admins if not isinstance(each, ConcurrentEditAdmin)] == []
    assert [each for each in inlines if not issubclass(each, ConcurrentEditInline)] == []


class TestChangePage:
    def test_each_writes_what_they_changed(self, tab):
        first, second = tab(), tab()

        assert first.save(unit_price="99.00", description="Red").status_code == 302
        assert second.save(title="Blue teapot").status_code == 302

        stored = Product.objects.get()
        assert (stored.title, stored.unit_price, stored.description) == ("Blue teapot", 99, "Red")

    def test_a_field_that_both_changed_is_refused_once(self, tab):
        first, second = tab(), tab()
        first.save(unit_price="99.00", inventory="7")

        second.save(unit_price="12.50", title="Blue teapot")

        (error,) = second.errors
        # What nobody edited here is shown as it is now.
        assert second.fields["inventory"] == ["7"]
        assert "“99.00”" in error
        assert "“12.50”" in error
        stored = Product.objects.get()
        assert (stored.title, stored.unit_price) == ("Teapot", 99)
        assert second.save().status_code == 302
        stored = Product.objects.get()
        assert (stored.title, stored.unit_price) == ("Blue teapot", Decimal("12.50"))

    def test_whoever_takes_the_other_value_is_done(self, tab):
        first, second = tab(), tab()
        first.save(inventory="7")
        second.save(inventory="9")

        assert second.save(inventory="7").status_code == 302

        assert Product.objects.get().inventory == 7

    def test_a_third_change_is_refused_again(self, tab):
        first, second = tab(), tab()
        first.save(inventory="7")
        second.save(inventory="9")
        Product.objects.update(inventory=3)

        second.save()

        assert "“3”" in second.errors[0]
        assert Product.objects.get().inventory == 3

    def test_both_may_write_the_same(self, tab):
        first, second = tab(), tab()
        first.save(inventory="7")

        assert second.save(inventory="7", title="Blue teapot").status_code == 302

    def test_choices_of_many_rows_are_merged(self, tab, product):
        old, new, other = baker.make(Promotion, 3, starts_at="2020-01-01T00:00Z", ends_at=None)
        product.promotions.set([old])
        first, second = tab(), tab()

        first.save(promotions=[old.pk, new.pk])
        assert second.save(promotions=[other.pk]).status_code == 302

        assert set(product.promotions.all()) == {new, other}

    def test_a_choice_that_went_is_named_and_left_out(self, tab, product):
        old, new = baker.make(Promotion, 2, starts_at="2020-01-01T00:00Z", ends_at=None)
        product.promotions.set([old])
        page, chosen = tab(), [old.pk, new.pk]
        old.delete()

        response = page.save(promotions=chosen, title="Blue teapot")

        assert response.status_code == 302
        assert (
            warnings_in(response)[0]
            == "1 of the chosen promotions went meanwhile; the rest was kept."
        )
        assert product.promotions.get() == new

    def test_what_nobody_touched_is_not_judged_again(self, tab, product):
        Product.objects.update(slug="")

        assert tab().save(title="Blue teapot").status_code == 302

        assert Product.objects.get().slug == ""

    def test_blanks_around_a_text_may_be_taken_off(self, tab):
        Product.objects.update(title="Teapot ", description="   ")

        tab().save(title="Teapot", description="")

        assert Product.objects.values_list("title", "description").get() == ("Teapot", "")

    def test_a_line_break_in_a_title_is_no_edit(self, tab):
        Product.objects.update(title="Tea\npot")
        page = tab()

        # As the box of a single line holds it.
        assert page.save(title="Teapot", slug="blue").status_code == 302

        assert Product.objects.values_list("title", "slug").get() == ("Tea\npot", "blue")

    def test_a_save_that_was_taken_back_is_not_claimed_again(self, tab, product):
        page = tab()
        page.save(title="Blue teapot")
        Product.objects.update(title="Red teapot")

        # The button Back shows the page again, with what was typed.
        page.save()

        assert "“Red teapot”" in page.errors[0]
        assert Product.objects.get().title == "Red teapot"

    def test_a_tag_that_somebody_added_meanwhile_is_refused(self, tab, product):
        tag = Tag.objects.create(label="new")
        page, prefix = tab(), "tags-taggeditem-content_type-object_id"
        TaggedItem.objects.create(tag=tag, content_object=product)

        page.save(**{f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-0-tag": tag.pk}, title="Blue teapot")

        assert page.page.status_code == 200
        assert "Somebody else saved something at this moment" in page.errors[0]
        assert Product.objects.get().title == "Teapot"

    def test_a_related_row_that_went_blocks_nobody(self, admin_client, product):
        collection = baker.make(Collection, title="Kitchen", featured_product=product)
        page = Tab(
            admin_client, f"/admin/store/collection/{collection.pk}/change/", "collection_form"
        )
        product.delete()

        assert page.save(title="Kitchen and bath").status_code == 302

        assert Collection.objects.get(pk=collection.pk).title == "Kitchen and bath"

    def test_a_moment_survives_an_error_elsewhere(self, admin_client):
        promotion = baker.make(Promotion, starts_at="2020-01-01T00:00Z", ends_at=None, discount=0.1)
        address = f"/admin/store/promotion/{promotion.pk}/change/"
        page = Tab(admin_client, address, "promotion_form")

        page.save(discount="7", starts_at_0="2021-05-05")
        assert page.save(discount="0.2").status_code == 302

        promotion.refresh_from_db()
        assert promotion.starts_at.year == 2021

    @pytest.mark.parametrize("key", ["abc", 10**30, "\0", ""])
    def test_a_key_that_is_none_is_refused(self, tab, key):
        page = tab()

        page.save(collection=key, promotions=[key], title="Blue teapot")

        assert page.page.status_code == 200
        assert Product.objects.get().title == "Teapot"

    def test_a_row_that_went_is_told(self, tab, product):
        page = tab()
        Product.objects.all().delete()

        assert page.save(title="Blue teapot").status_code == 302

        assert not Product.objects.exists()

    def test_an_account_keeps_what_its_owner_wrote(self, admin_client, customer):
        user = customer.user
        page = Tab(admin_client, f"/admin/core/user/{user.pk}/change/", "user_form")
        user.set_password("an0ther-Strong-one")
        user.first_name = "Anna"
        user.save()
        group = Group.objects.create(name="Buyers")

        assert page.save(last_name="Lee", groups=[group.pk]).status_code == 302

        user.refresh_from_db()
        assert (user.first_name, user.last_name) == ("Anna", "Lee")
        assert user.check_password("an0ther-Strong-one")
