"""Rows on a page or in a list of the admin that several people edit."""

import pytest
from django.contrib import admin
from model_bakery import baker

from store.models import Address, Product
from storefront.admin.formsets import EditedRowsFormSet

from .pages import Tab, warnings_in

pytestmark = pytest.mark.django_db
LIST = "/admin/store/product/"


class TestInlines:
    @pytest.fixture
    def page(self, admin_client, customer):
        baker.make(Address, customer=customer, street="Hill 1", city="Bern", zip="3000")
        baker.make(Address, customer=customer, street="Lake 2", city="Thun", zip="3600")
        return Tab(admin_client, f"/admin/store/customer/{customer.pk}/change/", "customer_form")

    def test_a_row_is_written_where_it_was_edited(self, page):
        Address.objects.filter(street="Hill 1").update(city="Basel")

        page.save(**{"addresses-0-zip": "3001", "addresses-1-city": "Spiez"})

        assert [*Address.objects.values_list("street", "city", "zip")] == [
            ("Hill 1", "Basel", "3001"),
            ("Lake 2", "Spiez", "3600"),
        ]

    def test_a_field_that_both_changed_is_refused_once(self, page):
        Address.objects.filter(street="Hill 1").update(city="Basel")
        page.save(**{"addresses-0-city": "Biel", "phone": "031"})

        assert "“Basel”" in page.errors[0]
        assert "“Biel”" in page.errors[0]
        page.save()
        assert Address.objects.filter(city="Biel", customer__phone="031").exists()

    def test_a_row_that_went_is_named_and_left_out(self, page, customer):
        Address.objects.filter(street="Hill 1").delete()

        response = page.save(**{"phone": "031", "addresses-1-city": "Spiez"})

        assert response.status_code == 302
        name = "The address “Hill 1, 3000 Bern” is no longer there; it was left out."
        assert warnings_in(response)[0] == name
        customer.refresh_from_db()
        assert (customer.phone, customer.addresses.get().city) == ("031", "Spiez")

    def test_an_error_shows_each_row_beside_its_own_form(self, page, customer):
        baker.make(Address, customer=customer, street="Sea 3", city="Biel", zip="2500")
        page.show(page.client.get(page.address))
        Address.objects.filter(street="Hill 1").delete()

        page.save(**{"addresses-1-city": "", "addresses-2-zip": "2501"})

        assert page.fields["addresses-2-zip"] == ["2501"]
        assert page.save(**{"addresses-1-city": "Thun"}).status_code == 302
        assert [*Address.objects.values_list("street", "city", "zip")] == [
            ("Lake 2", "Thun", "3600"),
            ("Sea 3", "Biel", "2501"),
        ]

    def test_a_row_that_somebody_edited_is_deleted_on_the_second_save(self, page):
        Address.objects.filter(street="Hill 1").update(city="Basel")
        page.save(**{"addresses-0-DELETE": "on"})

        assert "Somebody else changed “Hill 1, 3000 Basel”" in page.page.content.decode()
        assert Address.objects.count() == 2
        page.save()
        assert Address.objects.get().street == "Lake 2"

    def test_a_new_row_beside_one_that_went_is_added(self, page, customer):
        Address.objects.filter(street="Lake 2").delete()
        new = {"street": "Sea 3", "city": "Biel", "zip": "2500"}

        page.save(
            **{"addresses-TOTAL_FORMS": "3"},
            **{f"addresses-2-{name}": value for name, value in new.items()},
        )

        assert {*customer.addresses.values_list("street", flat=True)} == {"Hill 1", "Sea 3"}


class TestEditableList:
    @pytest.fixture
    def lists(self, admin_client, product):
        baker.make(Product, title="Zither", unit_price=20, inventory=5)
        return lambda: Tab(admin_client, LIST, "changelist-form")

    @pytest.mark.parametrize(("number", "status"), [("30", 302), ("99999", 200)])
    def test_more_rows_than_it_showed_are_none(self, lists, number, status):
        tab = lists()

        response = tab.save(**{"form-TOTAL_FORMS": number, "form-0-unit_price": "11.00"})

        assert (response.status_code, Product.objects.count()) == (status, 2)

    def test_a_row_is_written_where_it_was_edited(self, lists):
        first, second = lists(), lists()
        first.save(**{"form-0-unit_price": "11.00"})

        second.save(**{"form-1-unit_price": "22.00"})

        prices = Product.objects.order_by("title").values_list("unit_price", flat=True)
        assert [*prices] == [11, 22]

    def test_a_price_that_both_changed_is_refused_once(self, lists):
        first, second = lists(), lists()
        first.save(**{"form-0-unit_price": "11.00"})

        page = second.save(**{"form-0-unit_price": "12.00"})

        assert "“11.00” while you were editing; you wrote “12.00”" in page.content.decode()
        assert Product.objects.get(title="Teapot").unit_price == 11
        assert second.save().status_code == 302
        assert Product.objects.get(title="Teapot").unit_price == 12

    def test_a_refused_row_is_shown_wherever_it_stands_now(self, lists):
        page = lists()
        Product.objects.filter(title="Teapot").update(title="Zz", unit_price=30)
        page.save(**{"form-0-unit_price": "12.00"})

        (row,) = [r for r in page.page.content.decode().split("<tr") if "form-0-unit_price" in r]

        assert ">Zz</a>" in row
        assert "“30.00”" in row
        page.save()
        assert Product.objects.get(title="Zz").unit_price == 12

    def test_a_row_that_left_the_filter_is_saved_too(self, admin_client, product):
        page = Tab(admin_client, f"{LIST}?q=tea", "changelist-form")
        Product.objects.update(title="Kettle", unit_price=30)
        page.save(**{"form-0-unit_price": "12.00"})

        assert ">Kettle</a>" in page.page.content.decode()
        assert page.save().status_code == 302
        assert Product.objects.get().unit_price == 12

    def test_a_row_that_went_is_named(self, lists, product):
        page, key = lists(), product.pk
        product.delete()

        response = page.save(**{"form-0-unit_price": "12.00", "form-1-unit_price": "22.00"})

        assert response.status_code == 302
        assert warnings_in(response)[0] == f"The product {key} is no longer there; it was left out."
        assert Product.objects.get().unit_price == 22

    def test_every_list_has_such_rows(self, rf, admin_user):
        request = rf.get("/")
        request.user = admin_user
        editable = [each for each in admin.site._registry.values() if each.list_editable]

        assert len(editable) > 1
        for each in editable:
            assert issubclass(each.get_changelist_formset(request), EditedRowsFormSet)
