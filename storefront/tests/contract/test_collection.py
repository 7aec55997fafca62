"""docs/storefront.postman_collection.json: the operations of the API, made from its document and run as Postman does."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from model_bakery import baker

from core.tests.passwords import PASSWORD
from store.models import Order, Payment

from ..services import CONTRACT
from .tools import output, write_document

pytestmark = [pytest.mark.once, pytest.mark.contract]

COLLECTION = Path(settings.BASE_DIR, "docs", "storefront.postman_collection.json")
JOURNEY = [
    "Sign in",
    "List products",
    "Make one's own cart",
    "Add a product to a cart",
    "Place an order from a cart",
    "Start to pay for a pending order",
]

Request = dict[str, Any]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection of today's document."""
    folder = tmp_path_factory.mktemp("collection")
    return made_from(folder / write_document(folder), folder)


def made_from(document: Path, folder: Path) -> Path:
    made = folder / COLLECTION.name
    output(folder, "node", str(CONTRACT / "collection.mjs"), str(document), str(made))
    return made


@pytest.fixture
def send(collection: Path, tmp_path: Path, live_server: Any) -> Callable[..., dict[str, int]]:
    """Send requests of the collection, and return the status of each."""

    def send(*names: str, username: str) -> dict[str, int]:
        variables = {"baseUrl": live_server.url, "username": username, "password": PASSWORD}
        chosen = [word for name in names for word in ("--folder", name)]
        given = [word for pair in variables.items() for word in ("--env-var", "=".join(pair))]
        found = tmp_path / "found.json"
        reports = ("--reporters", "json", "--reporter-json-export", str(found))
        output(tmp_path, "newman", "run", str(collection), *chosen, *given, *reports)
        sent = json.loads(found.read_text())["run"]["executions"]
        return {each["item"]["name"]: each["response"]["code"] for each in sent}

    return send


def requests(folder: Request) -> Iterator[Request]:
    for each in folder["item"]:
        yield from requests(each) if "item" in each else [each]


def test_that_of_the_last_release_is_made_from_its_document(tmp_path: Path) -> None:
    made = made_from(CONTRACT / "released.json", tmp_path)

    assert made.read_text() == COLLECTION.read_text(), "Run `make release-document`."


def test_a_customer_buys_by_it(send: Callable[..., Any], register: Callable[..., Any]) -> None:
    register("nora")
    lamp = baker.make("store.Product", unit_price=10, inventory=100)

    statuses = send(*JOURNEY, username="nora")

    assert [*statuses] == JOURNEY
    assert {*statuses.values()} <= {200, 201}
    order = Order.objects.get(customer__user__username="nora")
    assert order.items.get().product == lamp
    assert Payment.objects.get().order == order


def test_every_read_is_answered(
    collection: Path, send: Callable[..., Any], register: Callable[..., Any]
) -> None:
    register("chief", is_staff=True, is_superuser=True)
    baker.make("store.Product", unit_price=10, inventory=100)
    every = requests(json.loads(collection.read_text()))
    reads = [each["name"] for each in every if each["request"]["method"] == "GET"]

    statuses = send("Sign in", *reads, username="chief")

    assert {*statuses} == {"Sign in", *reads}
    # What is not there yet is told so.
    assert {name: code for name, code in statuses.items() if code not in (200, 404)} == {}
