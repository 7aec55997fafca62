"""What of the shop becomes an event, once for each change and with it."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from store.exceptions import OutOfStock
from store.models import Cart, CartItem, Order, Product, Promotion
from store.services.catalog import delete_product, round_prices
from store.services.order_status import change_order_status, change_payment_status
from store.services.orders import delete_order, place_order
from store.tests.admin.forms import product_form
from webhooks.models import Delivery, Event

from .recorded import names, told

pytestmark = pytest.mark.django_db

PRODUCTS = "/store/products/"
# STORE_LOW_STOCK by default.
LOW = 10


@pytest.fixture
def boss(sign_in):
    return sign_in("boss", is_staff=True, is_superuser=True)


class TestOrders:
    def test_the_steps_of_an_order(self, product, buy, endpoint):
        order = buy(product)
        for status in ("paid", "shipped", "delivered", "refunded"):
            change_order_status(order=order, status=status)
            # Once more is no change.
            change_order_status(order=order, status=status)
        assert names() == [
            *("order.placed", "order.paid", "order.shipped", "order.delivered", "order.refunded")
        ]
        assert told()[0] == (
            "order.placed",
            {
                "id": order.pk,
                "status": "pending",
                "previous_status": None,
                "placed_at": told()[0][1]["placed_at"],
                "total": 26.4,
                "currency": "USD",
                "items": [{"product_id": product.pk, "quantity": 2, "unit_price": 12.0}],
            },
        )
        assert (told()[1][1]["status"], told()[1][1]["previous_status"]) == ("paid", "pending")

    def test_cancelled_and_taken_up_again(self, product, buy, endpoint):
        order = buy(product)
        change_payment_status(order=order, payment_status="F")
        change_payment_status(order=order, payment_status="P")
        assert names() == ["order.placed", "order.cancelled", "order.reopened"]

    def test_deleted(self, product, buy, endpoint):
        order = buy(product)
        delete_order(order=order)
        assert names() == ["order.placed", "order.deleted"]
        assert told()[1][1]["items"][0]["quantity"] == 2

    def test_what_costs_nothing_is_placed_and_paid(self, product, buy, endpoint):
        promotion = Promotion.objects.create(
            description="Free", discount=1, starts_at="2020-01-01T00:00Z"
        )
        promotion.products.set([product])
        Event.objects.all().delete()
        buy(product)
        assert names() == ["order.placed", "order.paid"]

    def test_a_cancelled_order_asks_once_for_endpoints(self, make_product, register, endpoint):
        user, cart = register(), Cart.objects.create()
        for _ in range(3):
            CartItem.objects.create(cart=cart, product=make_product(), quantity=1)
        order = place_order(cart_id=cart.pk, user_id=user.pk).order
        with CaptureQueriesContext(connection) as queries:
            change_order_status(order=order, status="cancelled")
        asked = [query for query in queries if "is_on" in query["sql"]]
        assert len(asked) == 1
        assert {*Product.objects.values_list("inventory", flat=True)} == {50}

    def test_nobody_is_named(self, product, buy, endpoint):
        change_order_status(order=buy(product), status="paid", reason="Zoe paid in cash.")
        payloads = " ".join(Event.objects.values_list("payload", flat=True)).lower()
        assert not [word for word in ("zoe", "miller", "example.com", "cash") if word in payloads]

    def test_a_refused_order_is_not_told(self, product, buy, endpoint):
        with pytest.raises(OutOfStock):
            buy(product, 51)
        assert told() == []

    def test_a_second_request_for_the_same_cart_tells_nothing(self, product, register, endpoint):
        user, cart = register(), Cart.objects.create()
        CartItem.objects.create(cart=cart, product=product, quantity=1)
        for _ in range(2):
            place_order(cart_id=cart.pk, user_id=user.pk)
        assert names() == ["order.placed"]

    def test_what_is_rolled_back_was_never_told(self, product, buy, endpoint):
        with transaction.atomic():
            buy(product, 45)
            assert names() == ["stock.low", "order.placed"]
            transaction.set_rollback(True)
        assert (Event.objects.count(), Delivery.objects.count(), Order.objects.count()) == (0, 0, 0)

    def test_without_an_endpoint_nothing_is_written(self, product, buy):
        change_order_status(order=buy(product), status="paid")
        assert not Event.objects.exists()


class TestProducts:
    def changed(self):
        return [data for _, data in told("product.changed")]

    def test_over_the_api(self, boss, api_client, product, endpoint):
        body = {
            **{"title": "Pot", "slug": "pot", "unit_price": 9, "inventory": 60},
            "collection": product.collection_id,
        }
        made = api_client.post(PRODUCTS, body, format="json").json()["id"]
        api_client.patch(f"{PRODUCTS}{made}/", {"unit_price": 8}, format="json")
        api_client.patch(f"{PRODUCTS}{made}/", {"unit_price": "x"}, format="json")
        api_client.delete(f"{PRODUCTS}{made}/")
        assert self.changed() == [
            {"action": "created", "ids": [made], "fields": []},
            {"action": "updated", "ids": [made], "fields": ["last_update", "unit_price"]},
            {"action": "deleted", "ids": [made], "fields": []},
        ]

    def test_in_the_admin(self, admin_client, product, endpoint):
        url = reverse("admin:store_product_change", args=[product.pk])
        assert admin_client.post(url, product_form(product, title="Mug")).status_code == 302
        [data] = self.changed()
        # A form judges, and writes, stored values beside what was edited.
        assert "title" in data.pop("fields")
        assert data == {"action": "updated", "ids": [product.pk]}

    def test_an_action_of_the_admin(self, admin_client, product, endpoint):
        url, body = reverse("admin:store_product_changelist"), {"action": "clear_inventory"}
        body["_selected_action"] = [product.pk]
        shown = admin_client.post(url, body).context["shown"]
        assert told() == []
        admin_client.post(url, {**body, "shown": shown})
        assert sorted(names()) == ["product.changed", "stock.low"]

    def test_a_save_that_changes_nothing_is_no_change(self, product, endpoint):
        Product.objects.get(pk=product.pk).save()
        assert self.changed() == []

    def test_it_is_taken_out_of_the_shop(self, boss, api_client, product, endpoint):
        api_client.patch(f"{PRODUCTS}{product.pk}/", {"is_published": False}, format="json")
        assert self.changed() == [
            {"action": "updated", "ids": [product.pk], "fields": ["is_published", "last_update"]}
        ]

    def test_rows_that_are_no_plain_filter(self, product, endpoint):
        twice = Product.objects.filter(images=None).annotate(n=Count("promotions")).distinct()
        twice.update(title="Mug")
        assert self.changed() == [{"action": "updated", "ids": [product.pk], "fields": ["title"]}]

    def test_a_service_that_deletes(self, product, endpoint):
        delete_product(product=product)
        assert self.changed() == [{"action": "deleted", "ids": [product.pk], "fields": []}]

    def test_many_at_once_are_told_together(self, make_product, endpoint, monkeypatch, settings):
        monkeypatch.setattr("store_custom.webhooks.MOST_PRODUCTS", 2)
        settings.STORE_CURRENCY = "JPY"
        odd = [make_product(unit_price=Decimal("9.50")) for _ in range(3)]
        make_product(unit_price=9)
        assert round_prices() == 3
        ids = [product.pk for product in odd]
        fields = ["last_update", "unit_price"]
        assert self.changed() == [
            {"action": "updated", "ids": ids[:2], "fields": fields},
            {"action": "updated", "ids": ids[2:], "fields": fields},
        ]

    def test_an_import_is_told(self, product, endpoint):
        fields = {"slug": "x", "unit_price": 1, "inventory": 99, "collection": product.collection}
        made = Product.objects.bulk_create(Product(title=f"Bowl {n}", **fields) for n in range(3))
        assert self.changed() == [
            {"action": "created", "ids": [each.pk for each in made], "fields": []}
        ]

    def test_orders_change_no_product(self, product, buy, endpoint):
        change_order_status(order=buy(product), status="cancelled")
        assert self.changed() == []

    def test_a_promotion_that_they_get_and_lose(self, product, endpoint):
        promotion = Promotion.objects.create(description="Sale", discount=0.1)
        promotion.products.add(product)
        promotion.products.add(product)
        promotion.products.clear()
        product.promotions.add(promotion)
        assert (
            self.changed()
            == [{"action": "updated", "ids": [product.pk], "fields": ["promotions"]}] * 3
        )

    def test_a_promotion_that_is_deleted(self, product, endpoint):
        promotion = Promotion.objects.create(description="Sale", discount=0.1)
        Promotion.objects.create(description="Nobody's", discount=0.1)
        promotion.products.add(product)
        Event.objects.all().delete()
        Promotion.objects.all().delete()
        assert self.changed() == [
            {"action": "updated", "ids": [product.pk], "fields": ["promotions"]}
        ]

    def test_nobody_who_asks_costs_one_query(self, product, django_assert_num_queries):
        # Two savepoints and their ends, the endpoints, the write, the cache version in two; the record of the
        # change in three.
        with django_assert_num_queries(9):
            Product.objects.filter(pk=product.pk).update(title="Mug")


class TestLowStock:
    def low(self):
        return [(data["product_id"], data["inventory"]) for _, data in told("stock.low")]

    def test_is_told_once_as_it_is_crossed(self, product, buy, endpoint):
        above = 50 - LOW
        buy(product, above)
        assert self.low() == []
        buy(product, 1)
        buy(product, 1)
        assert self.low() == [(product.pk, LOW - 1)]
        assert told("stock.low")[0][1] == {
            "product_id": product.pk,
            "sku": "CUP-1",
            "title": "Cup",
            "inventory": LOW - 1,
            "threshold": LOW,
        }

    def test_is_told_again_after_it_was_filled_up(self, product, buy, endpoint):
        order = buy(product, 45)
        change_order_status(order=order, status="cancelled")
        buy(product, 45)
        assert self.low() == [(product.pk, 5)] * 2

    def test_an_edit_that_crosses_it(self, boss, api_client, product, endpoint):
        for inventory in (LOW, LOW - 1, 3, 20):
            url = f"{PRODUCTS}{product.pk}/"
            api_client.patch(url, {"inventory": inventory}, format="json")
        assert self.low() == [(product.pk, LOW - 1)]

    def test_a_threshold_of_its_own_counts(self, make_product, buy, endpoint):
        product = make_product(low_stock_threshold=40)
        buy(product, 10)
        buy(product, 1)
        assert self.low() == [(product.pk, 39)]
        assert told("stock.low")[0][1]["threshold"] == 40

    def test_a_threshold_that_rises_above_the_stock(self, boss, api_client, product, endpoint):
        for threshold in (50, 51, 60, 0, 70):
            body = {"low_stock_threshold": threshold}
            api_client.patch(f"{PRODUCTS}{product.pk}/", body, format="json")
        assert self.low() == [(product.pk, 50)] * 2

    def test_a_write_to_many(self, make_product, endpoint):
        low, first, second = make_product(inventory=3), make_product(), make_product()
        Product.objects.update(inventory=0)
        assert self.low() == [(first.pk, 0), (second.pk, 0)]
        assert low.pk not in dict(self.low())

    def test_what_is_new_crosses_nothing(self, make_product, endpoint):
        Product.objects.create(
            **{"title": "Pot", "slug": "pot", "unit_price": 1, "inventory": 1},
            collection=make_product().collection,
        )
        assert self.low() == []
