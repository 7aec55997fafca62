"""What the shop filters and orders by has an index, as MariaDB itself explains it."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from likes.models import LikedItem
from store import models as store
from store.services.payments import overdue_orders
from tags.models import Tag, TaggedItem

from .plan_tables import ROWS, TABLES, fill

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db]
User = get_user_model()
STAFF = 500
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _rows(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table, columns in TABLES.items():
            fill(cursor, table, columns)
        yield
        cursor.execute("SET foreign_key_checks = 0")
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("SET foreign_key_checks = 1")


def explain(sql):
    """Return the steps of a plan that read a table of ours; results of other steps are `<...>`."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        names = [column[0] for column in cursor.description]
        steps = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [step for step in steps if step["table"] and not step["table"].startswith("<")]


def selects(run):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        run()
    # A search has a limit of time before its statement.
    read = [re.sub(r"^SET STATEMENT .*? FOR ", "", query["sql"]) for query in queries]
    found = [sql for sql in read if sql.startswith(("SELECT", "(SELECT"))]
    assert found
    return found


def assert_indexed(run, *, ordered):
    for sql in selects(run):
        for step in explain(sql):
            assert step["type"] != "ALL", (sql, step)
            assert step["key"], (sql, step)
            # What is prefetched for a page is sorted among that page.
            if ordered and "LIMIT" in sql:
                assert "filesort" not in step["Extra"], (sql, step)


LISTS = [
    "/store/products/",
    *(
        f"/store/products/?ordering={sign}{field}"
        for field in ("title", "unit_price", "last_update")
        for sign in ("", "-")
    ),
    "/store/products/?collection_id=7",
    "/store/products/?collection=7",
    "/store/products/?collection=7&ordering=-title",
    "/store/products/?in_stock=true",
    "/store/collections/",
    "/store/products/7/reviews/",
    "/store/products/7/images/",
    "/store/customers/",
    *(
        f"/store/customers/?{query}"
        for query in (
            *("membership=G", "ordering=-id"),
            *("membership=G&ordering=-id", "ordering=name", "ordering=-name"),
            *("ordering=-username", "ordering=email"),
        )
    ),
    "/store/customers/7/history/",
    "/store/orders/",
    *(
        f"/store/orders/?{query}"
        for query in (
            *("status=pending", "payment_status=P", "customer=7", "ordering=id", "ordering=-id"),
            *("ordering=placed_at", "status=pending&ordering=id", "customer=7&ordering=placed_at"),
            "placed_after=2026-01-08",
            "placed_before=2026-01-08&ordering=placed_at",
            "status=pending&placed_after=2026-01-02&placed_before=2026-01-03T12:00Z",
        )
    ),
    "/store/orders/7/",
    "/store/orders/7/changes/",
    "/tags/",
    "/tags/items/",
    "/likes/",
]
FILTERS = [
    "unit_price__gt=8990",
    "unit_price__lt=20",
    "price_min=8990",
    "price_max=20",
    "price_min=300&price_max=310",
    "sku=SKU-7",
    "in_stock=false",
    "rating_min=5",
    "tag=tag+7",
    "tag=7",
]


def test_list_is_read_in_the_order_of_an_index(subtests):
    for path, user_id in [
        *((path, STAFF) for path in LISTS),
        *((path, 7) for path in ("/store/orders/", "/store/customers/me/addresses/", "/likes/")),
    ]:
        with subtests.test(path=path, user_id=user_id):
            client = APIClient()
            client.force_authenticate(user=User.objects.get(pk=user_id))

            assert_indexed(partial(client.get, path), ordered=True)


def test_product_filter_uses_an_index(subtests):
    for query in FILTERS:
        with subtests.test(query=query):
            assert_indexed(partial(APIClient().get, f"/store/products/?{query}"), ordered=False)


def test_search_is_read_in_the_order_of_the_list():
    page = [
        sql
        for sql in selects(lambda: APIClient().get("/store/products/?search=collection"))
        if "ORDER BY" in sql and "LIKE" in sql
    ]

    assert page
    for sql in page:
        steps = [step for step in explain(sql) if step["table"] == "store_product"]
        assert [step["key"] for step in steps] == ["product_title"], (sql, steps)
        assert "filesort" not in steps[0]["Extra"], (sql, steps)


NAMED = [
    "customers/?search=First69",
    "customers/?search=user123",
    "customers/?search=First69+Last5",
    "orders/?search=user123",
    "orders/?search=77",
    "orders/?search=77+user123&status=delivered",
]


def test_search_of_names_uses_an_index(subtests):
    client = APIClient()
    client.force_authenticate(user=User.objects.get(pk=STAFF))
    for path in NAMED:
        with subtests.test(path=path):
            assert_indexed(partial(client.get, f"/store/{path}"), ordered=False)


def product_type():
    return ContentType.objects.get_for_model(store.Product)


LOOKUPS = {
    "cart of a user": lambda: store.Cart.objects.filter(user=7),
    "carts by age": lambda: store.Cart.objects.filter(touched_at__lt=START + timedelta(days=1)),
    "picture by path": lambda: store.ProductImage.objects.filter(image="store/images/7.png"),
    "user by e-mail": lambda: User.objects.filter(email="user7@a.org"),
    "user by name": lambda: User.objects.filter(username="user7"),
    "user by any spelling of the name": lambda: User.objects.filter(
        User.objects.all().has_text("username", "User7", "user7")
    ),
    "users by looks": lambda: User.objects.filter(username_skeleton="7"),
    "tag by any spelling": lambda: Tag.objects.named("TAG 7"),
    "user by start of first name": lambda: User.objects.filter(first_name__istartswith="First69"),
    "user by start of last name": lambda: User.objects.filter(last_name__istartswith="Last59"),
    "customer by user": lambda: store.Customer.objects.filter(user=7),
    "addresses of a customer": lambda: store.Address.objects.filter(customer=7),
    "customers by membership": lambda: store.Customer.objects.filter(membership="B"),
    "products by day": lambda: store.Product.objects.filter(
        last_update__gte=START + timedelta(minutes=ROWS - 24)
    ),
    "products low on stock": lambda: store.Product.objects.low_on_stock(),
    "products of a collection": lambda: store.Product.objects.filter(collection=7),
    "order by cart": lambda: store.Order.objects.filter(
        cart_uuid="00000000-0000-0000-0000-000000000000"
    ),
    "orders by day": lambda: store.Order.objects.filter(
        placed_at__gte=START + timedelta(minutes=ROWS - 24)
    ),
    "orders by payment status": lambda: store.Order.objects.filter(payment_status="F"),
    "orders by status": lambda: store.Order.objects.filter(status="pending"),
    "overdue orders": lambda: overdue_orders().order_by("pk"),
    "orders of deleted accounts": lambda: store.Order.objects.of_deleted_accounts(),
    "unpaid orders of a customer": lambda: store.Order.objects.expiring().filter(customer=7),
    "changes of an order": lambda: store.OrderStatusChange.objects.filter(order=7),
    "payments of an order": lambda: store.Payment.objects.filter(order=7),
    "payment by its reference": lambda: store.Payment.objects.filter(reference="7"),
    "payments to refund": lambda: store.Payment.objects.filter(status="refund_due").order_by("pk"),
    "payment of a gateway": lambda: store.Payment.objects.filter(
        gateway="bank", key="00000000-0000-0000-0000-000000000000"
    ),
    "event of a gateway": lambda: store.PaymentEvent.objects.filter(gateway="bank", digest="7"),
    "events of a payment": lambda: store.PaymentEvent.objects.filter(payment=7),
    "key of a user": lambda: store.IdempotencyKey.objects.filter(user=7, digest="7"),
    "keys to purge": lambda: store.IdempotencyKey.objects.filter(
        created_at__lt=START + timedelta(days=1)
    ).order_by("created_at", "pk"),
    "promotions of a product": lambda: store.Promotion.objects.running("G").filter(products=7),
    "orders of a customer": lambda: store.Order.objects.filter(customer=7),
    "lines sold on a day": lambda: store.OrderItem.objects.sold().placed_between(
        date(2026, 1, 2), date(2026, 1, 2)
    ),
    "lines of a product": lambda: store.OrderItem.objects.filter(product=7),
    "running campaigns": lambda: store.Campaign.objects.running(),
    "stalled campaigns": lambda: store.Campaign.objects.stalled(),
    "campaigns to close": lambda: store.Campaign.objects.filter(
        closed_at=None, finished_at__isnull=False
    ),
    "recipients of a campaign": lambda: store.CampaignRecipient.objects.filter(
        campaign=7, state="W"
    ).order_by("pk"),
    "cart lines of a product": lambda: store.CartItem.objects.filter(product=7),
    "reviews by rating": lambda: store.Review.objects.filter(rating=5),
    "reviews by day": lambda: store.Review.objects.filter(date__gte=date(2026, 6, 10)),
    "reviews of a user": lambda: store.Review.objects.filter(user=7),
    "tag by label": lambda: Tag.objects.filter(label="tag 7"),
    "tagged items of a tag": lambda: TaggedItem.objects.filter(tag=7),
    "tags of an object": lambda: TaggedItem.objects.get_tags_for(store.Product, 7),
    "likes of an object": lambda: LikedItem.objects.filter(
        content_type=product_type(), object_id=7
    ),
    "likes of a user": lambda: LikedItem.objects.filter(user=7),
    "staff": lambda: User.objects.filter(is_staff=True),
    "users switched off": lambda: User.objects.filter(is_active=False),
}


def test_lookup_uses_an_index(subtests):
    for name in LOOKUPS:
        with subtests.test(name=name):
            assert_indexed(partial(list, LOOKUPS[name]()[:50]), ordered=False)


ORDERINGS = [
    *((store.Product, field) for field in ("title", "unit_price", "last_update", "inventory")),
    *((store.Order, field) for field in ("placed_at", "payment_status", "status")),
    (store.Payment, "created_at"),
    (store.PaymentEvent, "received_at"),
    *((store.Review, field) for field in ("date", "rating")),
    *((store.Promotion, field) for field in ("description", "discount", "starts_at", "ends_at")),
    (store.Cart, "created_at"),
    (store.Campaign, "created_at"),
    (store.Collection, "title"),
    (store.Customer, "membership"),
    (Tag, "label"),
]


# As a click on the head of a column asks for; the numbers are those of the columns.
ADMIN_LISTS = [
    *(f"store/product/?o={sign}{column}" for column in (1, 2, 3) for sign in ("", "-")),
    *(f"store/order/?o={sign}{column}" for column in (1, 2, 4, 5) for sign in ("", "-")),
    *(f"store/review/?o={sign}{column}" for column in (2, 6) for sign in ("", "-")),
    *(f"store/promotion/?o={sign}{column}" for column in (1, 2, 3, 4) for sign in ("", "-")),
    *(f"store/campaign/?o={sign}2" for sign in ("", "-")),
    *(f"store/payment/?o={sign}0" for sign in ("", "-")),
    *(f"store/paymentevent/?o={sign}0" for sign in ("", "-")),
    "store/order/?status__exact=pending",
    "store/order/?status__exact=delivered",
    "store/payment/?status__exact=succeeded",
    "store/product/?collection__id__exact=7",
    "store/review/?answer=no",
    "store/review/?is_approved__exact=1",
    "store/collection/?o=1",
]


def test_admin_list_is_read_in_the_order_of_an_index(client, subtests):
    client.force_login(User.objects.get(pk=STAFF))
    User.objects.filter(pk=STAFF).update(is_superuser=True)

    for path in ADMIN_LISTS:
        with subtests.test(path=path):
            page = [
                sql
                for sql in selects(partial(client.get, f"/admin/{path}"))
                if "ORDER BY" in sql and sql.endswith("LIMIT 50")
            ]

            assert page
            for sql in page:
                for step in explain(sql):
                    assert step["key"], (sql, step)
                    assert "filesort" not in (step["Extra"] or ""), (sql, step)


def test_unique_ordering_reads_an_index(subtests):
    for field in ["username", "-username", "email", "-email"]:
        with subtests.test(field=field):
            assert_indexed(partial(list, User.objects.order_by(field)[:50]), ordered=True)


@pytest.mark.parametrize("sign", ["", "-"])
def test_ordering_reads_an_index(sign, subtests):
    for model, field in ORDERINGS:
        with subtests.test(model=model, field=field):
            page = model.objects.order_by(f"{sign}{field}", f"{sign}pk")[:50]

            assert_indexed(partial(list, page), ordered=True)
