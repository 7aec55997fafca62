"""What a write leaves behind, by whatever way it comes."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from model_bakery import baker

from history.models import Change
from history.origins import origin, unrecorded
from store.models import Address, Collection, Customer, Product, Promotion

pytestmark = pytest.mark.django_db


def changes(row: Any) -> list[Any]:
    """Return the kind and the fields of the changes of a row, first ones first."""
    found = Change.objects.of(type(row), row.pk).order_by("pk")
    return list(found.values_list("kind", "fields"))


@pytest.fixture
def product() -> Product:
    with unrecorded():
        return baker.make(Product, title="Lamp", unit_price=Decimal("10.00"), inventory=5)


class TestWritesOfOneRow:
    def test_a_new_row_is_told(self) -> None:
        collection = Collection.objects.create(title="Lamps")

        assert changes(collection) == [("C", {})]

    def test_a_save_tells_each_field_before_and_after(self, product: Product) -> None:
        product.unit_price, product.title = Decimal("12.5"), "Lamp"
        product.save()

        assert changes(product) == [("U", {"unit_price": ["10.00", "12.50"]})]

    def test_a_save_that_changes_nothing_tells_nothing(self, product: Product) -> None:
        product.title = "Lamp"
        product.save()

        assert changes(product) == []

    def test_a_rolled_back_write_leaves_nothing(self, product: Product) -> None:
        with transaction.atomic():
            Product.objects.filter(pk=product.pk).update(title="Bulb")
            transaction.set_rollback(True)

        assert changes(product) == []

    def test_a_deleted_row_leaves_its_values(self, product: Product) -> None:
        key = product.pk
        product.delete()

        ((kind, fields),) = Change.objects.of(Product, key).values_list("kind", "fields")
        assert (kind, fields["title"], fields["unit_price"]) == (
            "D",
            ["Lamp", None],
            ["10.00", None],
        )


class TestWritesOfManyRows:
    def test_an_update_of_a_queryset_tells_each_row(self, product: Product) -> None:
        other = baker.make(Product, unit_price=Decimal("20.00"))

        count = Product.objects.update(unit_price=F("unit_price") * 2)

        assert count == 2
        assert changes(product) == [("U", {"unit_price": ["10.00", "20.00"]})]
        assert changes(other)[-1] == ("U", {"unit_price": ["20.00", "40.00"]})

    def test_an_update_in_parts_writes_each_row_once(
        self, product: Product, monkeypatch: Any
    ) -> None:
        baker.make(Product, 4, unit_price=Decimal("10.00"))
        monkeypatch.setattr("history.recording.CHUNK", 2)

        assert Product.objects.update(unit_price=F("unit_price") + 1) == 5
        assert {*Product.objects.values_list("unit_price", flat=True)} == {Decimal("11.00")}

    def test_an_update_through_a_join_is_told(self, product: Product) -> None:
        Product.objects.filter(collection__title=product.collection.title).update(inventory=7)

        assert changes(product) == [("U", {"inventory": [5, 7]})]

    def test_an_update_of_no_row_tells_nothing(self, product: Product) -> None:
        assert Product.objects.filter(title="Bulb").update(inventory=7) == 0
        assert not Change.objects.of(Product, product.pk)

    def test_a_bulk_update_is_told(self, product: Product) -> None:
        product.unit_price = Decimal("11.00")
        Product.objects.bulk_update([product], ["unit_price"])

        assert changes(product) == [("U", {"unit_price": ["10.00", "11.00"]})]

    def test_rows_made_at_once_are_told(self) -> None:
        made = Collection.objects.bulk_create([Collection(title="A"), Collection(title="B")])

        assert [changes(row) for row in made] == [[("C", {})]] * 2

    def test_the_deletion_of_a_queryset_tells_each_row(self, product: Product) -> None:
        Product.objects.filter(pk=product.pk).delete()

        assert Change.objects.of(Product, product.pk).get().kind == "D"


class TestRelations:
    def test_both_ends_tell_what_was_added_and_taken(self, product: Product) -> None:
        promotion = baker.make(Promotion)
        promotion.products.add(product)
        product.promotions.clear()

        added, taken = [[], [promotion.pk]], [[promotion.pk], []]
        assert changes(product) == [("U", {"promotions": added}), ("U", {"promotions": taken})]
        assert changes(promotion)[-1] == ("U", {"products": [[product.pk], []]})

    def test_an_address_is_told_at_its_customer(self) -> None:
        customer = baker.make(Customer)
        address = Address.objects.create(customer=customer, street="Elm 1", city="Ulm")
        Address.objects.filter(pk=address.pk).update(city="Bonn")

        name = f"address {address.pk}"
        assert changes(customer)[-1] == ("U", {f"{name}: city": ["Ulm", "Bonn"]})


class TestSecrets:
    def test_a_password_is_told_without_its_value(self) -> None:
        user = get_user_model().objects.create_user("ann", "ann@example.com", "a-Str0ng-one")
        user.set_password("an0ther-One")
        user.save()

        assert changes(user)[-1] == ("U", {"password": None})

    def test_a_sign_in_tells_nothing(self) -> None:
        user = baker.make(get_user_model())
        before = Change.objects.count()
        user.save(update_fields=["last_login"])

        assert Change.objects.count() == before

    def test_a_deleted_profile_leaves_no_values(self) -> None:
        customer = baker.make(Customer, phone="555")
        key = customer.pk
        customer.delete()

        assert Change.objects.of(Customer, key).first().fields == {}


class TestOrigins:
    def test_outside_of_a_request_it_is_a_command(self, product: Product) -> None:
        Product.objects.update(inventory=1)

        assert Change.objects.get().door == "command"

    def test_named_around_the_write(self, product: Product) -> None:
        user = baker.make(get_user_model())
        with origin(door="import", by=user, reason="Delivery"):
            Product.objects.update(inventory=1)

        change = Change.objects.of(Product, product.pk).get()
        assert (change.door, change.changed_by, change.reason) == ("import", user, "Delivery")

    def test_the_api(self, product: Product, api_client: Any, authenticate: Any) -> None:
        user = get_user_model().objects.create_superuser("ann", "ann@example.com", "a-Str0ng-one")
        api_client.force_authenticate(user)
        response = api_client.patch(f"/store/products/{product.pk}/", {"unit_price": 11})

        change = Change.objects.of(Product, product.pk).get()
        assert (response.status_code, change.door, change.changed_by) == (200, "api", user)
