"""Many products changed at once: shown first, done once, and taken back while nobody has changed them since."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from core.models import User
from history.models import Change, Operation
from history.origins import unrecorded
from store.models import Collection, Product, Promotion
from store.services import bulk_edits

pytestmark = pytest.mark.django_db

URL = "/admin/store/product/"


@pytest.fixture(autouse=True)
def products() -> list[Product]:
    prices = {"Ball": "10.00", "Lamp": "1.04", "Sofa": "99999999.00"}
    with unrecorded():
        return [
            baker.make(Product, title=title, unit_price=Decimal(price), inventory=4)
            for title, price in prices.items()
        ]


def prices() -> list[str]:
    return [str(price) for price in Product.objects.values_list("unit_price", flat=True)]


class Desk:
    """Somebody in front of the list of products."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def ask(self, action: str, products: Any, **fields: Any) -> str:
        """Send the form of an action and return the page."""
        selected = [product.pk for product in products]
        self.form = {"action": action, "_selected_action": selected, **fields}
        return self.post(preview="1")

    def post(self, **button: str) -> str:
        response = self.client.post(URL, self.form | button, follow=True)
        page: str = response.content.decode()
        assert response.status_code == 200
        if shown := re.search(r'name="shown" value="(\w*)"', page):
            self.form["shown"] = shown[1]
        return page

    def confirm(self) -> str:
        return self.post(confirm="1")


@pytest.fixture
def desk(admin_client: Any) -> Desk:
    return Desk(admin_client)


class TestPrices:
    def test_nothing_is_written_before_it_is_confirmed(self, desk: Desk, products: Any) -> None:
        page = desk.ask("change_prices", products[:1], change="5", unit="percent", rounding="unit")

        assert "10.50" in page
        assert prices() == ["10.00", "1.04", "99999999.00"]

    def test_by_percent_each_row_is_rounded(self, desk: Desk, products: Any) -> None:
        desk.ask("change_prices", products[:2], change="5", unit="percent", rounding="unit")
        page = desk.confirm()

        assert "2 products changed: Prices +5 %" in page
        assert prices() == ["10.50", "1.09", "99999999.00"]
        assert Change.objects.of(Product, products[0].pk).get().fields == {
            "unit_price": ["10.00", "10.50"]
        }

    @pytest.mark.parametrize(
        ("change", "unit", "rounding", "price"),
        [
            ("-1", "amount", "unit", "9.00"),
            ("7", "percent", "99", "10.99"),
            ("7", "percent", "95", "10.95"),
            ("7", "percent", "whole", "11.00"),
        ],
    )
    def test_the_ways_to_round(
        self, desk: Desk, products: Any, change: str, unit: str, rounding: str, price: str
    ) -> None:
        desk.ask("change_prices", products[:1], change=change, unit=unit, rounding=rounding)
        desk.confirm()

        assert prices()[0] == price

    def test_what_would_leave_the_bounds_stays_and_is_named(
        self, desk: Desk, products: Any
    ) -> None:
        page = desk.ask("change_prices", products, change="-50", unit="percent", rounding="unit")
        desk.confirm()

        assert "These cannot change" in page
        assert prices() == ["5.00", "1.04", "49999999.50"]

    @pytest.mark.parametrize("change", ["0", "", "NaN", "five"])
    def test_a_change_that_is_none_is_refused(self, desk: Desk, products: Any, change: str) -> None:
        page = desk.ask("change_prices", products, change=change, unit="percent", rounding="unit")

        assert "Please correct the error" in page
        assert "preview-title" not in page

    def test_confirmed_twice_is_done_once(self, desk: Desk, products: Any) -> None:
        desk.ask("change_prices", products[:1], change="5", unit="percent", rounding="unit")
        form = dict(desk.form)
        desk.confirm()
        desk.form = form
        page = desk.confirm()

        assert "has changed since it was shown" in page
        assert prices()[0] == "10.50"

    def test_a_price_that_changed_after_the_preview_is_kept(
        self, desk: Desk, products: Any
    ) -> None:
        desk.ask("change_prices", products[:2], change="5", unit="percent", rounding="unit")
        Product.objects.filter(title="Lamp").update(unit_price=3)
        desk.confirm()

        assert prices() == ["10.00", "3.00", "99999999.00"]

    def test_too_many_are_refused(self, desk: Desk, products: Any, monkeypatch: Any) -> None:
        monkeypatch.setattr("store.admin.bulk_edits.MOST_PRODUCTS", 2)
        page = desk.ask("change_prices", products, change="5", unit="percent", rounding="unit")

        assert "At most 2 products" in page

    def test_who_may_only_look_has_no_such_action(self, client: Any, products: Any) -> None:
        user = baker.make(User, is_staff=True)
        user.user_permissions.add(Permission.objects.get(codename="view_product"))
        client.force_login(user)
        Desk(client).ask("change_prices", products, change="5", unit="percent", rounding="unit")
        Desk(client).client.post(URL, {"action": "change_prices", "confirm": "1"})

        assert prices() == ["10.00", "1.04", "99999999.00"]


class TestOtherEdits:
    def test_products_join_and_leave_a_promotion(self, desk: Desk, products: Any) -> None:
        promotion = baker.make(Promotion, description="Sale")
        promotion.products.add(products[0])
        page = desk.ask("add_to_promotion", products, other=promotion.pk)
        desk.confirm()
        assert "1 is so already" in page
        assert promotion.products.count() == 3

        desk.ask("take_from_promotion", products[:2], other=promotion.pk)
        desk.confirm()
        assert list(promotion.products.all()) == [products[2]]

    def test_products_move_to_a_collection(self, desk: Desk, products: Any) -> None:
        collection = baker.make(Collection, title="Garden")
        desk.ask("move_to_collection", products[:2], collection=collection.pk)
        desk.confirm()

        assert list(collection.products.all()) == products[:2]

    def test_publishing_shows_its_preview_at_once(self, desk: Desk, products: Any) -> None:
        Product.objects.filter(title="Ball").update(is_published=False)
        page = desk.ask("publish", products)
        assert "published" in page
        desk.confirm()

        assert Product.objects.published().count() == 3

    @pytest.mark.parametrize("collection", ["0", "x", "99999999999999999999"])
    def test_a_collection_that_is_none_is_refused(
        self, desk: Desk, products: Any, collection: str
    ) -> None:
        page = desk.ask("move_to_collection", products, collection=collection)

        assert "Please correct the error" in page


class TestTakingBack:
    def raised(self, desk: Desk, products: Any) -> str:
        desk.ask("change_prices", products[:2], change="5", unit="percent", rounding="unit")
        desk.confirm()
        return f"/admin/history/operation/{Operation.objects.get().pk}"

    def test_each_row_gets_what_it_had(self, desk: Desk, products: Any) -> None:
        url = self.raised(desk, products)
        assert "2 changes" in desk.client.get(f"{url}/take-back/").content.decode()
        page = desk.client.post(f"{url}/take-back/", follow=True).content.decode()

        assert "was taken back" in page
        assert prices() == ["10.00", "1.04", "99999999.00"]

    def test_nothing_is_where_one_row_has_changed_since(self, desk: Desk, products: Any) -> None:
        url = self.raised(desk, products)
        Product.objects.filter(title="Lamp").update(unit_price=7)
        page = desk.client.post(f"{url}/take-back/", follow=True).content.decode()

        assert "Changed since, by somebody else or deleted: Lamp." in page
        assert prices() == ["10.50", "7.00", "99999999.00"]
        assert Operation.objects.count() == 1

    def test_twice_is_refused(self, desk: Desk, products: Any) -> None:
        url = self.raised(desk, products)
        desk.client.post(f"{url}/take-back/")
        page = desk.client.post(f"{url}/take-back/", follow=True).content.decode()

        assert "taken back already" in page
        assert Operation.objects.count() == 2

    def test_a_promotion_loses_those_that_joined(self, desk: Desk, products: Any) -> None:
        promotion = baker.make(Promotion)
        promotion.products.add(products[0])
        desk.ask("add_to_promotion", products, other=promotion.pk)
        desk.confirm()
        operation = Operation.objects.get()
        desk.client.post(f"/admin/history/operation/{operation.pk}/take-back/")

        assert list(promotion.products.all()) == [products[0]]

    def test_who_may_not_change_products_may_not(
        self, desk: Desk, products: Any, client: Any
    ) -> None:
        url = self.raised(desk, products)
        user = baker.make(User, is_staff=True)
        user.user_permissions.add(Permission.objects.get(codename="view_operation"))
        client.force_login(user)

        assert "take-back" not in client.get(f"{url}/change/").content.decode()
        assert client.post(f"{url}/take-back/").status_code == 403
        assert prices()[0] == "10.50"


def test_many_rows_take_as_many_statements_as_a_few() -> None:
    with unrecorded():
        baker.make(Product, 60, unit_price=10)
    keys, by = list(Product.objects.values_list("pk", flat=True)), baker.make(User)
    counts = []
    for percent, some in ((5, keys[3:8]), (6, keys[3:])):
        edit = bulk_edits.PriceEdit(percent=Decimal(percent))
        preview = bulk_edits.preview_edit(edit=edit, keys=some)
        with CaptureQueriesContext(connection) as queries:
            bulk_edits.apply_edit(edit=edit, changes=preview.changes, by=by)
        counts.append(len(queries))

    assert counts[0] == counts[1]
