"""SQL that is compiled once does what the ORM does, on each database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import BigIntegerField, CharField, F, IntegerField, UUIDField
from django.db.models.expressions import DatabaseDefault
from django.db.models.functions import Now
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from store.compiled import Many, compiled_delete, compiled_select, compiled_update, insert
from store.compiled.inserts import MOST_ROWS
from store.models import Cart, CartItem, Order, OrderItem, Product, Promotion
from store.models.catalog import load_promotions

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(django_user_model: Any) -> Order:
    user = django_user_model.objects.create(username="ann", email="ann@example.com")
    return Order(customer=user.customer)


@compiled_select(ids=Many(BigIntegerField()), word=CharField())
def products_named(ids: Any, word: Any, descending: bool) -> Any:
    found = Product.objects.filter(pk__in=ids, title__contains=word).select_related("collection")
    return found.order_by("-pk" if descending else "pk")


@compiled_update(pk=BigIntegerField(), pieces=IntegerField())
def add_pieces(pk: Any, pieces: Any) -> Any:
    return Product.objects.filter(pk=pk), {"inventory": F("inventory") + pieces}


@compiled_delete(pk=UUIDField())
def delete_cart(pk: Any) -> Any:
    return Cart.objects.filter(pk=pk)


class TestSelect:
    def test_finds_what_its_queryset_finds(self, make_product: Callable[..., Product]) -> None:
        products = [make_product(title=f"Cup {number} %s") for number in range(3)]
        ids = [product.pk for product in products]
        for asked in (ids, ids[:1], ids[1:], [*reversed(ids)]):
            for descending in (True, False):
                found = products_named.instances(ids=asked, word="Cup", descending=descending)
                assert [row.pk for row in found] == sorted(asked, reverse=descending)
        assert products_named.instances(ids=ids, word="1 %s", descending=False) == [products[1]]
        assert products_named.instances(ids=[], word="Cup", descending=False) == []

    def test_an_instance_is_as_one_of_the_orm(
        self, product: Product, django_assert_num_queries: Any
    ) -> None:
        asked = {"ids": [product.pk], "word": product.title, "descending": False}
        with django_assert_num_queries(1):
            (found,) = products_named.instances(**asked)
            assert found.collection.title == product.collection.title
        stored = Product.objects.get()
        assert (found._state.adding, found._state.db) == (False, "default")
        for field in Product._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(stored, field.attname)
        found.title = "Kettle"
        found.save()
        assert Product.objects.get().title == "Kettle"

    def test_is_compiled_once_for_a_connection(
        self, product: Product, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = {"ids": [product.pk], "word": product.title, "descending": False}
        products_named.instances(**asked)

        def fail(**parameters: Any) -> Any:
            raise AssertionError("It was compiled again.")

        monkeypatch.setattr(products_named.declaration, "build", fail)
        assert products_named.instances(**asked) == [product]
        with pytest.raises(AssertionError):
            products_named.instances(**{**asked, "ids": [product.pk] * 17})

    def test_no_thread_has_what_another_compiled(self, product: Product) -> None:
        products_named.rows(ids=[product.pk], word="Cup", descending=False)
        own = connections["default"].__dict__["compiled_statements"]
        with ThreadPoolExecutor(1) as pool:
            others = pool.submit(
                lambda: connections["default"].__dict__.get("compiled_statements")
            ).result()
        assert others is None
        compilers = [each.compiler for each in own.values() if hasattr(each, "compiler")]
        assert compilers
        assert {id(each.connection) for each in compilers} == {id(connections["default"])}


class TestInsert:
    def test_a_row_is_as_its_table_has_it(self, order: Order) -> None:
        insert([order])
        # With what the database made: the key, and the status that follows from two columns.
        stored = Order.objects.get()
        for field in Order._meta.concrete_fields:
            assert getattr(order, field.attname) == getattr(stored, field.attname)
        assert not order._state.adding

    @pytest.mark.parametrize("rows", [1, 2, MOST_ROWS, MOST_ROWS + 1])
    def test_each_row_gets_its_own_key(
        self, order: Order, make_product: Callable[..., Product], rows: int
    ) -> None:
        insert([order])
        products = [make_product() for _ in range(rows)]
        lines = [
            OrderItem(
                order=order,
                product=product,
                title=f"{number} %s",
                quantity=number,
                unit_price="1.50",
            )
            for number, product in enumerate(products, start=1)
        ]
        for attempt in range(2):
            insert(lines)
            stored = {line.pk: line for line in OrderItem.objects.all()}
            assert [stored[line.pk].product_id for line in lines] == [p.pk for p in products]
            assert [stored[line.pk].title for line in lines] == [line.title for line in lines]
            assert {line.unit_price for line in stored.values()} == {Decimal("1.50")}
            assert len(stored) == (attempt + 1) * rows
            for line in lines:
                line.pk = None

    @pytest.mark.parametrize(
        "given", [Now(), DatabaseDefault(Now())], ids=["expression", "default"]
    )
    def test_a_column_may_be_computed_by_the_database(self, given: Any) -> None:
        carts = [Cart(touched_at=given), Cart()]
        insert(carts)
        for cart in carts:
            assert cart.touched_at == Cart.objects.get(pk=cart.pk).touched_at

    def test_only_some_rows_may_bring_their_key(self) -> None:
        rows = [Promotion(pk=key, description=f"{key}", discount=0.1) for key in (None, 7000, None)]
        insert(rows)
        for row in rows:
            assert Promotion.objects.get(pk=row.pk).description == row.description
        assert rows[1].pk == 7000

    def test_a_refusal_of_the_database_writes_nothing(self, product: Product) -> None:
        cart = Cart()
        insert([cart])
        items = [CartItem(cart=cart, product=product, quantity=1) for _ in range(2)]
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(items)
        assert not CartItem.objects.exists()

    @pytest.mark.parametrize("returns_rows", [True, False])
    def test_the_effects_are_the_same_where_no_rows_are_returned(
        self, order: Order, monkeypatch: pytest.MonkeyPatch, returns_rows: bool
    ) -> None:
        # As on MySQL, which tells the key of one row and no more.
        if not returns_rows:
            if connection.vendor == "postgresql":
                pytest.skip("PostgreSQL always returns rows, and has no key of the last one")
            features = type(connection.features)
            monkeypatch.setattr(features, "can_return_rows_from_bulk_insert", False)
            monkeypatch.setattr(features, "can_return_columns_from_insert", False)
        sent: list[Any] = []

        def receive(sender: Any, **kwargs: Any) -> None:
            sent.append(sender)

        for signal in (pre_save, post_save):
            signal.connect(receive)
        try:
            cart = Cart()
            insert([cart])
            insert([order])
        finally:
            for signal in (pre_save, post_save):
                signal.disconnect(receive)

        assert sent == []
        assert (Cart.objects.get().pk, Order.objects.get().pk) == (cart.pk, order.pk)
        assert order.status == "pending"
        assert (order._state.adding, cart._state.adding) == (False, False)


class TestWrites:
    def test_updates_the_rows_it_is_given(self, make_product: Callable[..., Product]) -> None:
        products = [make_product(inventory=5) for _ in range(3)]
        assert add_pieces(pk=products[0].pk, pieces=2) == 1
        assert add_pieces(pk=products[2].pk, pieces=-1) == 1
        assert add_pieces(pk=0, pieces=7) == 0
        stock = Product.objects.order_by("pk").values_list("inventory", flat=True)
        assert [*stock] == [7, 5, 4]

    def test_deletes_the_rows_it_is_given(self) -> None:
        carts = [Cart.objects.create() for _ in range(3)]
        assert delete_cart(pk=carts[1].pk) == 1
        assert delete_cart(pk=carts[1].pk) == 0
        assert {*Cart.objects.all()} == {carts[0], carts[2]}


@pytest.mark.parametrize("membership", [None, "B", "S", "G"])
def test_a_product_is_priced_as_a_list_of_products_prices_it(
    make_product: Callable[..., Product], make_promotion: Callable[..., Any], membership: str | None
) -> None:
    ago, ahead = (timezone.now() + timedelta(days=days) for days in (-2, 2))
    products = [make_product() for _ in range(4)]
    make_promotion(*products[:3], discount=0.1)
    make_promotion(products[0], discount=0.3, memberships="G")
    make_promotion(products[1], discount=0.2, memberships="BS")
    make_promotion(products[1], discount=0.5, starts_at=ahead)
    make_promotion(products[2], discount=0.5, starts_at=None)
    make_promotion(products[2], discount=0.6, ends_at=ago + timedelta(days=1), starts_at=ago)
    listed = [*Product.objects.priced_for(membership).order_by("pk")]
    for asked in (products, products[1:2], [products[3], products[0]]):
        load_promotions(asked, membership)
        for product in asked:
            same = next(other for other in listed if other.pk == product.pk)
            assert product.running_promotions == same.running_promotions
            assert product.price == same.price


def test_nothing_is_priced_without_a_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        load_promotions([], None)
    assert len(queries) == 0
