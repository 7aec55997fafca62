"""Rows with ids that came by plain SQL: what is told until the sequences follow, and how they do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from model_bakery import baker
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from core.models import User
from store.models import IdempotencyKey, Product, Review
from store.services.idempotency import reserve_key
from store.tests.admin.forms import product_form
from store.tests.test_sql_loads import LOADS, load
from storefront.models import FormSubmission
from storefront.sequences import SequenceBehind, sequence_behind
from tags.models import Tag

pytestmark = pytest.mark.django_db
# Elsewhere the database itself looks for the next free id.
IS_BEHIND = connection.vendor == "postgresql"


def load_next(model: type[models.Model], **values: Any) -> int:
    """Load a row by plain SQL, with the id that the table would give the next one; return the id."""
    last = baker.make(model)
    with connection.cursor() as cursor:
        load(cursor, model, {**LOADS[model], **values, "id": last.pk + 1})
    return last.pk + 1


def load_again(row: Any, **values: Any) -> None:
    """Insert a row like another, with the id that the table would give the next one."""
    for name, value in {"pk": row.pk + 1, **values}.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def refusal_of(table: str) -> str:
    return (
        f"Nothing was saved: the next id of the table {table} is in use already, as after rows were loaded "
        "by plain SQL. Run `manage.py reset_sequences`, then try again."
    )


@pytest.fixture
def product() -> Product:
    return baker.make(Product, unit_price=10, inventory=5)


@pytest.fixture
def staff(client: Client, admin_user: Any) -> Client:
    client.force_login(admin_user)
    return client


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["command", "migration"])
def test_a_product_is_added_once_the_sequence_follows(
    api_client: APIClient, authenticate: Callable, product: Product, capsys: Any, by: str
) -> None:
    loaded = load_next(Product, collection_id=product.collection_id)
    authenticate(is_staff=True)
    body = {"title": "Lamp", "slug": "lamp", "unit_price": 9, "inventory": 1}
    body["collection"] = product.collection_id

    def add() -> Any:
        return api_client.post("/store/products/", body)

    if IS_BEHIND:
        response = add()
        assert response.status_code == 409
        refusal = {"detail": refusal_of("store_product"), "code": "sequence_behind"}
        assert response.json() == refusal
        assert not Product.objects.filter(slug="lamp").exists()
        # What the refusal took from the sequence is not to be told from what it is missing.
        loaded = load_next(Product, collection_id=product.collection_id)
    if by == "command":
        call_command("reset_sequences")
        moved = ["store_product", "Sequences moved: 1."] if IS_BEHIND else ["Sequences moved: 0."]
        assert capsys.readouterr().out.splitlines() == moved
    else:
        emit_post_migrate_signal(0, False, "default")

    response = add()
    assert response.status_code == 201
    assert response.json()["id"] > loaded


@pytest.mark.skipif(not IS_BEHIND, reason="only PostgreSQL's sequences stand behind")
class TestUntilThen:
    def test_a_visitor_is_told(self, api_client: APIClient, product: Product) -> None:
        load_next(Review, product_id=product.pk)
        url = f"/store/products/{product.pk}/reviews/"

        response = api_client.post(url, {"name": "Ann", "description": "Good."})

        assert (response.status_code, response.json()["code"]) == (409, "sequence_behind")

    def test_a_registration_that_a_library_refuses_is_told(self, api_client: APIClient) -> None:
        load_next(User)
        body = {"username": "new", "password": "a-l0ng-Passphrase", "email": "new@example.com"}

        response = api_client.post("/auth/users/", body)

        assert response.status_code == 409
        assert response.json()["detail"] == refusal_of("core_user")
        assert not User.objects.filter(username="new").exists()

    def test_signing_out_everywhere_is_not_answered_as_if_it_were_done(
        self, api_client: APIClient
    ) -> None:
        user = baker.make(User)
        RefreshToken.for_user(user)
        load_again(baker.make(BlacklistedToken), token=baker.make(OutstandingToken))
        api_client.force_authenticate(user)

        response = api_client.post("/auth/jwt/logout_all/")

        assert (response.status_code, response.json()["code"]) == (409, "sequence_behind")

    def test_a_key_of_an_order_is_told(self, product: Product) -> None:
        user = baker.make(User)
        row = baker.make(IdempotencyKey, user=user)
        for digest in ("other", "another"):
            load_again(row, digest=digest)

        with pytest.raises(SequenceBehind, match="store_idempotencykey"):
            reserve_key(user_id=user.pk, key="1", request="")

    @pytest.mark.parametrize("table", [Product, LogEntry, FormSubmission])
    def test_a_form_of_the_admin_says_so_and_keeps_what_was_filled_in(
        self, staff: Client, product: Product, table: Any, admin_user: Any
    ) -> None:
        url = "/admin/store/product/add/"
        page = staff.get(url).context
        form = product_form(product, title="Lantern") | {
            page["submission_name"]: page["submission"]
        }
        if table is Product:
            load_next(Product, collection_id=product.collection_id)
        else:
            last = baker.make(table, **({"user": admin_user} if table is LogEntry else {}))
            load_again(last, digest="other")

        response = staff.post(url, form)

        assert response.status_code == 200
        form_shown = response.context["adminform"].form
        assert form_shown.non_field_errors() == [refusal_of(table._meta.db_table)]
        assert form_shown["title"].value() == "Lantern"
        assert not Product.objects.filter(title="Lantern").exists()

    def test_any_other_page_of_the_admin_says_so(self, staff: Client, admin_user: Any) -> None:
        tag = baker.make(Tag)
        load_again(baker.make(LogEntry, user=admin_user))
        url = f"/admin/tags/tag/{tag.pk}/delete/"

        response = staff.post(url, {"post": "yes"}, follow=True)

        assert response.redirect_chain == [(url, 302)]
        assert refusal_of("django_admin_log") in [str(m) for m in response.context["messages"]]
        assert Tag.objects.filter(pk=tag.pk).exists()


def test_another_conflict_is_not_taken_for_it() -> None:
    user = baker.make(User)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        User.objects.create(username=user.username)
    assert sequence_behind(refusal.value) is None


def test_no_sequence_moves_back() -> None:
    ids = [baker.make(Tag).pk for _ in range(3)]
    Tag.objects.filter(pk__in=ids[1:]).delete()

    call_command("reset_sequences")

    assert baker.make(Tag).pk > ids[-1]


@pytest.mark.row_locks
@pytest.mark.django_db(transaction=True)
def test_sequences_move_beside_a_shop_that_writes() -> None:
    gap = 20
    first = baker.make(Tag).pk
    Tag.objects.create(pk=first + gap, label="loaded")

    def add(number: int) -> int:
        try:
            while True:
                try:
                    return Tag.objects.create(label=str(number)).pk
                except IntegrityError:
                    continue
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        added = pool.map(add, range(100))
        for _ in range(10):
            call_command("reset_sequences")

    assert len({*added}) == 100
    assert Tag.objects.count() == 102
