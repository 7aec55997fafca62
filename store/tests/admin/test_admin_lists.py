"""What the lists of the admin cost, whatever the number of rows."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from likes.models import LikedItem
from store.models import (
    Campaign,
    Collection,
    Customer,
    Order,
    OrderItem,
    Payment,
    PaymentEvent,
    Product,
    Promotion,
    Review,
)
from tags.models import Tag

pytestmark = pytest.mark.django_db

# At 10 rows and at 60. Two queries for the session and its user, then filters, count and rows;
# where a list has pages, the long ones look for the keys of a page first.
QUERIES = {
    "store/product/": (5, 6),
    # The titles of the collections, one query more.
    "store/product/?q=product": (6, 7),
    "store/product/?inventory=low": (5, 6),
    "store/product/?o=3": (5, 6),
    "store/collection/": (4, 5),
    "store/customer/": (5, 6),
    "store/customer/?q=ann": (7, 8),
    "store/order/": (4, 5),
    # Each word asks for the customers first.
    "store/order/?q=user": (6, 7),
    "store/order/?status__exact=pending": (4, 5),
    "store/review/": (5, 6),
    "store/review/?q=product": (5, 6),
    "store/promotion/": (4, 5),
    "store/payment/": (4, 5),
    "store/payment/?status__exact=open": (4, 5),
    "store/payment/?q=reference": (4, 5),
    "store/paymentevent/": (4, 5),
    "store/campaign/": (4, 5),
    "tags/tag/": (4, 4),
    "likes/likeditem/": (5, 5),
    "core/user/": (5, 5),
}
MOST = 10


@pytest.fixture
def fill(make_product: Callable[..., Product]) -> Callable[[int], None]:
    """Add so many rows to each list, each with rows of its own around it."""

    def fill(rows: int) -> None:
        products = [make_product(inventory=5) for _ in range(rows)]
        for number, product in enumerate(products, Product.objects.count()):
            user = get_user_model().objects.create_user(
                f"user{number}", f"user{number}@example.com", first_name="Ann"
            )
            order = baker.make(Order, customer=user.customer)
            baker.make(OrderItem, order=order, product=product, unit_price=Decimal(2), quantity=3)
            payment = baker.make(Payment, order=order, amount=6, reference="reference")
            baker.make(PaymentEvent, payment=payment)
            baker.make(Review, product=product, rating=4)
            LikedItem.objects.create(user=user, content_object=product)
        baker.make(Promotion, discount=0.2, _quantity=rows)
        for model in (Campaign, Collection, Tag):
            baker.make(model, _quantity=rows)

    return fill


def queries_of(client: Any, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/admin/{path}")
    assert response.status_code == 200
    assert response.context["cl"].result_count >= 10
    return len(queries)


def test_a_list_costs_no_more_for_more_rows(admin_client, fill):
    for path in QUERIES:
        admin_client.get(f"/admin/{path}")
    fill(10)
    at_10 = {path: queries_of(admin_client, path) for path in QUERIES}
    fill(50)
    at_60 = {path: queries_of(admin_client, path) for path in QUERIES}

    expected = dict(QUERIES)
    if connection.vendor == "postgresql":
        # The limit of the search is set, and lifted again.
        expected["store/order/?q=user"] = (9, 10)
    assert {path: (at_10[path], at_60[path]) for path in QUERIES} == expected


def test_a_list_costs_customer_service_the_rights_more(desk_client, fill):
    fill(10)
    paths = ["store/order/", "store/customer/", "store/payment/"]

    costs = {path: queries_of(desk_client, path) for path in paths}

    assert {path: cost for path, cost in costs.items() if cost > MOST} == {}


def test_choosing_a_customer_costs_one_query_for_all(admin_client, fill):
    fill(30)
    url = "/admin/autocomplete/?app_label=store&model_name=order&field_name=customer&term=ann"

    with CaptureQueriesContext(connection) as queries:
        results = admin_client.get(url).json()["results"]

    assert len(results) == 20
    assert len(queries) == 7


def test_every_membership_of_a_page_is_saved_in_few_queries(admin_client, fill):
    fill(50)
    customers = list(Customer.objects.filter(user__first_name="Ann"))
    form = {"form-TOTAL_FORMS": 50, "form-INITIAL_FORMS": 50, "_save": "Save"}
    for number, customer in enumerate(customers):
        form |= {f"form-{number}-id": customer.pk, f"form-{number}-membership": "B"}
    form["form-7-membership"] = "G"
    # The process keeps it from the first time on.
    ContentType.objects.get_for_model(Customer)

    with CaptureQueriesContext(connection) as queries:
        admin_client.post("/admin/store/customer/?q=ann", form)

    assert Customer.objects.filter(membership="G").get() == customers[7]
    # Three of them for the record of the change.
    assert len(queries) <= 21
