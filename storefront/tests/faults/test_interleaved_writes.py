"""Two people who write two fields of one row at the same moment both keep what they wrote."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from model_bakery import baker

from store.models import Address, Collection, Customer, Product, ProductImage, Review
from store.tests.faults.crowd import Request, send_at_once
from storefront.models import PartialUpdateModel
from tags.models import Tag

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

PASSWORD = "a-Str0ng-one"
SECONDS = 120
# Of each kind of row, what the one and the other write in a round.
KINDS: dict[str, tuple[type[Any], dict[str, str], dict[str, str]]] = {
    "users": (get_user_model(), {"first_name": "Ann {}"}, {"password": "hash {}"}),
    "customers": (Customer, {"phone": "031 {}"}, {"birth_date": "19{:02}-01-01"}),
    "addresses": (Address, {"street": "Hill {}"}, {"city": "Bern {}"}),
    "reviews": (Review, {"name": "Ann {}"}, {"description": "Good {}"}),
    "collections": (Collection, {"title": "Kitchen {}"}, {"featured_product_id": "{}"}),
    "products": (Product, {"title": "Teapot {}"}, {"slug": "teapot-{}"}),
    "images": (ProductImage, {"image": "store/images/{}.png"}, {"product_id": "{}"}),
    # The other saves what they have read, as a form without an edit does.
    "tags": (Tag, {"label": "new {}"}, {}),
}


@pytest.fixture
def pairs(pytestconfig: pytest.Config) -> int:
    """Pairs of writes to each kind of row."""
    return 125 if pytestconfig.getoption("--faults") == "full" else 5


def values(texts: dict[str, str], number: int, keys: list[int]) -> dict[str, Any]:
    return {
        name: keys[number % len(keys)] if name.endswith("_id") else text.format(number % 100)
        for name, text in texts.items()
    }


class Writer(Thread):
    """Reads a row when the other does, and saves when the other does."""

    def __init__(self, row: Any, writes: list[dict[str, Any]], together: Barrier) -> None:
        super().__init__()
        self.row, self.writes, self.together = row, writes, together

    def run(self) -> None:
        try:
            for write in self.writes:
                row = type(self.row).objects.get(pk=self.row.pk)
                for name, value in write.items():
                    setattr(row, name, value)
                self.together.wait(SECONDS)
                row.save()
                # The main thread looks at what is stored before the next pair.
                self.together.wait(SECONDS)
                self.together.wait(SECONDS)
        finally:
            connection.close()


def make(model: type[Any]) -> Any:
    customer = get_user_model().objects.create_user("ann", "ann@example.com").customer
    match model:
        case _ if model is get_user_model():
            return customer.user
        case _ if model is Customer:
            return customer
        case _ if model is Address:
            return baker.make(Address, customer=customer)
    return baker.make(model)


def lost_fields(kind: str, pairs: int) -> int:
    """Count the fields that are not stored as one of two people wrote them at the same moment."""
    model, first, second = KINDS[kind]
    keys = [product.pk for product in baker.make(Product, 2)]
    row = make(model)
    writes = [[values(text, n, keys) for n in range(pairs)] for text in (first, second)]
    together = Barrier(3)
    writers = [Writer(row, each, together) for each in writes]
    for writer in writers:
        writer.start()

    lost = 0
    for expected in zip(*writes, strict=True):
        together.wait(SECONDS)
        together.wait(SECONDS)
        wanted = expected[0] | expected[1]
        found = model.objects.values(*wanted).get(pk=row.pk)
        lost += sum(str(found[name]) != str(value) for name, value in wanted.items())
        together.wait(SECONDS)
    for writer in writers:
        writer.join(SECONDS)
    return lost


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_is_lost(kind: str, pairs: int, report_figures: Callable[[str], None]) -> None:
    lost = lost_fields(kind, pairs)

    report_figures(f"{kind}: {pairs} pairs of writes, {lost} fields lost ({connection.vendor})")
    assert lost == 0


def test_whole_rows_would_lose_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PartialUpdateModel, "_assigned_fields", lambda self, using: None)

    assert lost_fields("products", 5) > 0


def test_a_name_and_a_password_of_one_moment_are_both_kept(
    live_server: Any, pairs: int, report_figures: Callable[[str], None]
) -> None:
    user = get_user_model().objects.create_user("ann", "ann@example.com", f"{PASSWORD}-0")
    lost = 0
    for number in range(1, pairs + 1):
        old, new = f"{PASSWORD}-{number - 1}", f"{PASSWORD}-{number}"
        token = sign_in(live_server.url, old).body["access"]
        change = {"current_password": old, "new_password": new}
        responses = send_at_once(
            live_server.url,
            [
                Request("PATCH", "/auth/users/me/", {"first_name": f"Ann {number}"}, token),
                Request("POST", "/auth/users/set_password/", change, token),
            ],
        )
        # A change of the password signs everybody out: the name may come too late.
        assert (responses[0].status, responses[1].status) in {(200, 204), (401, 204)}
        user.refresh_from_db()
        name_is_lost = responses[0].status == 200 and user.first_name != f"Ann {number}"
        lost += name_is_lost or not user.check_password(new)
        assert sign_in(live_server.url, old).status == 401

    report_figures(
        f"name and password: {pairs} pairs of requests, {lost} lost ({connection.vendor})"
    )
    assert lost == 0


def sign_in(url: str, password: str) -> Any:
    body = {"username": "ann", "password": password}
    return send_at_once(url, [Request("POST", "/auth/jwt/create/", body)])[0]
