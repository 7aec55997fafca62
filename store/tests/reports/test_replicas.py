"""Which database answers, told by what only one of two real databases holds."""

import shutil
import socket
from decimal import Decimal
from time import monotonic

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from store.models import Cart, Collection, Order, Product, Version
from store.models.versions import SALES
from storefront import replicas
from storefront.settings.databases import read_replicas
from storefront.tests.routes import REPORTS

from .queries import selects

pytestmark = pytest.mark.django_db(databases=["default", "copy"])

LOW = "/store/reports/low_stock/"


@pytest.fixture(scope="module", autouse=True)
def _second_database(migrated_database, django_db_blocker):
    name = connection.settings_dict["NAME"]
    is_file = connection.vendor == "sqlite"
    if is_file:
        # With its tables already; elsewhere they are made.
        shutil.copy(migrated_database, f"{name}_copy")
    connections.databases["copy"] = {
        **connection.settings_dict,
        "TEST": {**connection.settings_dict["TEST"], "NAME": f"{name}_copy"},
    }
    with django_db_blocker.unblock():
        creation = connections["copy"].creation
        creation.create_test_db(verbosity=0, autoclobber=True, keepdb=is_file)
        yield
        creation.destroy_test_db(str(name), verbosity=0)
        connections["copy"].close()
    del connections["copy"]
    del connections.databases["copy"]


@pytest.fixture(autouse=True)
def _copy_is_a_replica(settings):
    settings.DATABASE_REPLICAS = ["copy"]
    replicas._retry_at.clear()
    yield
    replicas._retry_at.clear()


@pytest.fixture(autouse=True)
def _stock():
    """One product in each database, of the same id, named after where it is."""
    for alias in ("default", "copy"):
        collection = Collection.objects.using(alias).create(pk=7, title=alias)
        Product.objects.using(alias).create(
            pk=7,
            title=alias,
            slug=alias,
            inventory=1,
            unit_price=Decimal(10),
            collection=collection,
        )


@pytest.fixture
def staff(api_client, authenticate):
    authenticate(is_staff=True)
    return api_client


@pytest.fixture
def lose_the_copy():
    """Take the copy away: its address is a port of which nobody answers."""
    copy = connections["copy"]
    address = copy.settings_dict

    def lose_the_copy(port):
        url = {
            "sqlite": "sqlite:////nowhere/copy.sqlite3",
            "mysql": f"mysql://root@127.0.0.1:{port}/copy",
            "postgresql": f"postgres://postgres@127.0.0.1:{port}/copy",
        }[connection.vendor]
        copy.close()
        copy.settings_dict = {**address, **read_replicas([url])["replica1"]}

    yield lose_the_copy
    copy.close()
    copy.settings_dict = address


def titles(response):
    assert response.status_code == 200
    return [row["title"] for row in response.json()]


class TestCopy:
    def test_answers_a_report(self, staff):
        assert titles(staff.get(LOW)) == ["copy"]

    @pytest.mark.parametrize("name", REPORTS)
    def test_is_asked_for_every_report_and_the_primary_for_none(self, staff, name):
        with (
            CaptureQueriesContext(connection) as primary,
            CaptureQueriesContext(connections["copy"]) as copy,
        ):
            assert staff.get(f"/store/reports/{name}/").status_code == 200

        # The version comes from where the figures come from.
        version, _ = selects(copy)
        assert len(primary) == 0
        assert "store_version" in version

    def test_answers_the_history_with_its_lines(self, api_client, sign_in):
        clerk = sign_in("clerk")
        clerk.user_permissions.add(Permission.objects.get(codename="view_history"))
        customer = clerk.customer
        Order.objects.create(customer=customer)
        there = get_user_model().objects.using("copy").create(username="clerk", email="c@a.org")
        # Of the same key as in the primary.
        type(customer).objects.using("copy").filter(user=there).update(id=customer.pk)
        order = Order.objects.using("copy").create(pk=4711, customer_id=customer.pk)
        order.items.create(product_id=7, quantity=1, unit_price=1)

        history = api_client.get(f"/store/customers/{customer.pk}/history/").json()

        assert [order["id"] for order in history] == [4711]
        assert history[0]["items"][0]["product"]["title"] == "copy"
        assert (history[0]["status"], history[0]["total"]) == ("pending", 1)

    def test_a_new_sale_shows_once_it_has_reached_the_copy(self, staff):
        assert titles(staff.get(LOW)) == ["copy"]
        Product.objects.using("copy").update(title="later")
        Version.objects.invalidate(SALES)

        assert titles(staff.get(LOW)) == ["copy"]

        Version.objects.using("copy").invalidate(SALES)
        assert titles(staff.get(LOW)) == ["later"]

    def test_what_lags_is_not_kept_for_the_primary(self, staff, settings):
        Version.objects.invalidate(SALES)
        assert titles(staff.get(LOW)) == ["copy"]

        settings.DATABASE_REPLICAS = []

        assert titles(staff.get(LOW)) == ["default"]


class TestPrimary:
    @pytest.mark.parametrize(
        "path",
        [
            "products/",
            "products/7/",
            "products/7/reviews/",
            "products/7/images/",
            "collections/",
            "collections/7/",
            "orders/",
            "customers/",
        ],
    )
    def test_is_asked_for_what_must_not_lag(self, staff, path):
        with CaptureQueriesContext(connections["copy"]) as copy:
            response = staff.get(f"/store/{path}")

        assert response.status_code == 200
        assert b"copy" not in response.content
        assert len(copy) == 0

    def test_serves_a_purchase_from_the_cart_to_the_order(self, api_client, sign_in):
        sign_in()

        with CaptureQueriesContext(connections["copy"]) as copy:
            cart = api_client.post("/store/carts/", {}).json()["id"]
            api_client.post(f"/store/carts/{cart}/items/", {"product_id": 7, "quantity": 1})
            shown = api_client.get(f"/store/carts/{cart}/").json()
            order = api_client.post("/store/orders/", {"cart_id": cart}).json()
            read = api_client.get(f"/store/orders/{order['id']}/").json()

        assert len(copy) == 0
        assert shown["items"][0]["product"]["title"] == "default"
        assert read["items"][0]["title"] == "default"
        assert not Cart.objects.exists()
        assert not Order.objects.using("copy").exists()


@pytest.mark.django_db(databases=["default", "copy"], transaction=True)
class TestDeadCopy:
    @pytest.mark.parametrize("silent", [False, True], ids=["refuses", "is silent"])
    def test_costs_one_wait_and_no_answer(self, staff, lose_the_copy, caplog, silent):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            if silent:
                nobody.listen()
            lose_the_copy(nobody.getsockname()[1])

            started = monotonic()
            responses = [titles(staff.get(LOW)) for _ in range(3)]

        assert responses == [["default"]] * 3
        # Of two seconds; a second one would make it four.
        assert monotonic() - started < 4
        assert [record.message for record in caplog.records] == [
            "copy fails (OperationalError); the primary serves"
        ]

    def test_is_asked_again_later(self, staff, lose_the_copy, caplog):
        lose_the_copy(1)
        staff.get(LOW)
        # As if the time in which it is not asked had passed.
        replicas._retry_at["copy"] = monotonic()

        staff.get(LOW)

        assert len(caplog.records) == 2

    def test_history_falls_back_too(self, api_client, sign_in, lose_the_copy):
        clerk = sign_in("clerk", is_superuser=True)
        order = baker.make(Order, customer=clerk.customer)
        lose_the_copy(1)

        history = api_client.get(f"/store/customers/{clerk.customer.pk}/history/").json()

        assert [row["id"] for row in history] == [order.pk]


def test_another_copy_serves_for_one_that_is_away(staff, settings):
    settings.DATABASE_REPLICAS = ["away", "copy"]
    replicas._retry_at["away"] = monotonic() + 60

    assert titles(staff.get(LOW)) == ["copy"]


def test_an_error_of_the_read_itself_is_not_hidden():
    def fail(using):
        raise ValueError(using)

    with pytest.raises(ValueError, match="copy"):
        replicas.read_from_copy(fail)
