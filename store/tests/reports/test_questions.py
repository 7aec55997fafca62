"""Each question of docs/reports.md is answered by the request beside it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from model_bakery import baker

from store.models import Collection, Product

pytestmark = pytest.mark.django_db

PAGE = Path(settings.BASE_DIR, "docs", "reports.md")
ROW = re.compile(r"^\| (?P<question>[^|]+\?) \| `GET (?P<path>/store/\S+)` \|", re.MULTILINE)
ASKED = dict(ROW.findall(PAGE.read_text(encoding="utf-8")))


@pytest.fixture
def shop(sell, make_product):
    """Customer 1 bought product 1 often, customer 2 product 2 once, long ago, for more money."""
    for number in (1, 2, 3):
        user = baker.make(get_user_model(), username=f"user{number}", email=f"u{number}@a.org")
        type(user.customer).objects.filter(user=user).update(id=number)
    Collection.objects.all().delete()
    collection = baker.make(Collection, pk=3, title="Kitchen")
    other = baker.make(Collection, pk=4, title="Garden")
    lamp = make_product(pk=1, title="Lamp", unit_price=10, collection=collection, inventory=3)
    spade = make_product(pk=2, title="Spade", unit_price=500, collection=other)
    make_product(pk=3, title="Mug", unit_price=5, collection=collection)
    first, second = (get_user_model().objects.get(username=f"user{n}").customer for n in (1, 2))
    for day in range(1, 7):
        sell(first, (lamp, 2, "10"), day=f"2026-02-{day:02}")
    sell(second, (spade, 1, "500"), day="2025-06-01")
    sell(first, (lamp, 1, "10"), day="2026-03-01", status="P")
    sell(first, (lamp, 9, "10"), day="2026-03-02", status="F")


ANSWERS = {
    "Which customers have more than five orders?": [("customer", 1, "orders", 7)],
    "Which customers spent most?": [("customer", 2, "total", 500), ("customer", 1, "total", 130)],
    "Which customers spent at least 200?": [("customer", 2, "total", 500)],
    "Who has not bought for long?": [("customer", 2, "last_order", "2025-06-01T12:00:00Z")],
    "When did each customer order last?": [
        ("customer", 1, "last_order", "2026-03-01T12:00:00Z"),
        ("customer", 2, "last_order", "2025-06-01T12:00:00Z"),
    ],
    "How many orders has customer 1 placed?": [("customer", 1, "orders", 7)],
    "Which orders has customer 1 placed?": [
        ("customer", 1, "total", 90),
        *[("customer", 1)] * 7,
    ],
    "Which orders are pending?": [("customer", 1, "status", "pending")],
    "Which orders are the newest?": [
        ("customer", 1, "status", "cancelled"),
        *[("customer", 1)] * 7,
        ("customer", 2),
    ],
    "How many units of product 1 were sold?": [("product", 1, "pieces", 13)],
    "How many units of product 1 were sold in each month?": [
        ("period", "2026-02-01", "pieces", 12),
        ("period", "2026-03-01", "pieces", 1),
    ],
    "Which five products sell best by revenue?": [
        ("title", "Spade", "total", 500),
        ("title", "Lamp", "total", 130),
    ],
    "Which products sell best by pieces?": [
        ("title", "Lamp", "pieces", 13),
        ("title", "Spade", "pieces", 1),
    ],
    "What was sold of the products in collection 3?": [("title", "Lamp", "total", 130)],
    "What are the lowest, highest and average price in collection 3?": [
        ("lowest", 5, "highest", 10, "average", 7.5)
    ],
    "Which products were ever ordered, by title?": [("title", "Lamp"), ("title", "Spade")],
    "Which products were never ordered?": [("title", "Mug")],
    "Which products have fewer than ten pieces left?": [("title", "Lamp", "inventory", 3)],
    "How many products has each collection?": [
        ("title", "Garden", "products_count", 1),
        ("title", "Kitchen", "products_count", 2),
    ],
    "How many orders were there, and what was the average one?": [("orders", 8, "average", 78.75)],
    "Which customers are gold members?": [],
    "Which customers have a name or an e-mail that begins with user1?": [("id", 1)],
}  # fmt: skip


def test_every_question_has_an_answer_here():
    assert ASKED.keys() == ANSWERS.keys()


@pytest.mark.parametrize("question", ANSWERS)
def test_is_answered(api_client, authenticate, shop, question):
    authenticate(is_staff=True)

    response = api_client.get(ASKED[question])

    assert response.status_code == 200
    rows = response.json() if isinstance(response.json(), list) else [response.json()]
    expected = [dict(zip(row[::2], row[1::2], strict=True)) for row in ANSWERS[question]]
    assert len(rows) == len(expected)
    for row, part in zip(rows, expected, strict=True):
        assert part.items() <= row.items()


def test_a_shop_of_other_ids_has_no_answer(api_client, authenticate, db):
    authenticate(is_staff=True)

    assert not Product.objects.exists()
    assert api_client.get("/store/reports/best_sellers/?product=1").json() == []
