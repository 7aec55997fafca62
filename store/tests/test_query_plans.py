"""What the shop filters and orders by has an index, as MariaDB itself explains it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from likes.models import LikedItem
from store import models as store
from tags.models import Tag, TaggedItem

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db]
User = get_user_model()
# Fewer, and MariaDB sorts them all rather than read an index.
ROWS = 20_000
# The same for tables with narrow rows.
MANY = 100_000
STAFF = 500
START = datetime(2026, 1, 1, tzinfo=UTC)
# Table -> its columns made of a row's number, in the order in which they are filled.
TABLES = {
    "core_user": """
        id=seq, password='', is_superuser=0, is_active=1, date_joined=now(),
        is_staff=seq % 500 = 0, username=concat('user', seq), email=concat('user', seq, '@a.org'),
        first_name=concat('First', seq % 700), last_name=concat('Last', seq % 600)""",
    "store_customer": "id=seq, user_id=seq, phone='', membership=if(seq % 200, 'B', 'G')",
    "store_promotion": "id=seq, description=concat('Sale ', seq), discount=seq / 20000",
    "store_collection": "id=seq, title=concat('Collection ', seq * 7 % 20000)",
    "store_product": """
        id=seq, title=concat('Product ', seq * 7 % 19999), slug='', inventory=seq % 1000,
        unit_price=1 + seq * 13 % 9000, collection_id=seq % 100 + 1, description=repeat('word ', 50),
        last_update='2026-01-01' + interval seq * 17 % 20000 minute""",
    "store_productimage": "product_id=seq % 10000 + 1, image=concat('store/images/', seq, '.png')",
    "store_review": """
        product_id=seq % 20 + 1, user_id=seq, name=concat('Name ', seq), description='Good.',
        rating=if(seq % 100, seq % 4 + 1, 5), date='2024-01-01' + interval seq * 11 % 900 day""",
    "store_cart": """
        id=uuid(), created_at='2026-01-01' + interval seq minute,
        touched_at='2026-01-01' + interval seq minute""",
    "store_cartitem": """
        cart_id=(select id from store_cart order by created_at limit 1), product_id=seq,
        quantity=1""",
    "store_order": """
        id=seq, customer_id=seq % 20 + 1, payment_status=if(seq % 100, 'C', 'F'),
        placed_at='2026-01-01' + interval seq * 17 % 20000 minute""",
    "store_orderitem": "order_id=seq, product_id=seq, quantity=1, unit_price=1",
    "store_campaign": """
        `key`=uuid(), id=seq, subject='Sale', text='', total=1, queued=1, skipped=0, sent=1,
        given_up=0, created_at='2026-01-01' + interval seq minute, active_at='2026-01-01',
        finished_at=if(seq % 1000, '2026-01-01', null), closed_at=if(seq % 500, '2026-01-01', null)""",
    "store_campaignrecipient": """
        campaign_id=seq % 100 + 1, customer_id=seq, mail_id=seq, state=if(seq % 300, 'Q', 'W')""",
    "outbox_mail": """
        id=seq, message_id=seq, recipient='', subject='', text='', html='', attempts=1, last_error='',
        queued_at='2026-01-01' + interval seq minute, sent_at='2026-01-01'""",
    "tags_tag": "id=seq, label=concat('tag ', seq)",
    "tags_taggeditem": "tag_id=seq % 1000 + 1, content_type_id={product}, object_id=seq",
    "likes_likeditem": "user_id=seq % 20 + 1, content_type_id={product}, object_id=seq",
}


def fill(cursor, table, columns):
    product = ContentType.objects.get_for_model(store.Product).pk
    pairs = [pair.strip().partition("=") for pair in re.split(r",\s(?=\s*\w+=)", columns)]
    names = ", ".join(name for name, _, _ in pairs)
    values = ", ".join(value for _, _, value in pairs).format(product=product)
    rows = MANY if table in ("store_order", "store_collection") else ROWS
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM seq_1_to_{rows}")
    cursor.execute(f"ANALYZE TABLE {table}")


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
    found = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
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
    "/store/customers/7/history/",
    "/store/orders/",
    "/store/orders/7/",
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
    "in_stock=false",
    "rating_min=5",
    "tag=tag+7",
    "tag=7",
]


@pytest.mark.parametrize(
    ("path", "user_id"),
    [*((path, STAFF) for path in LISTS), ("/store/orders/", 7), ("/likes/", 7)],
)
def test_list_is_read_in_the_order_of_an_index(path, user_id):
    client = APIClient()
    client.force_authenticate(user=User.objects.get(pk=user_id))

    assert_indexed(lambda: client.get(path), ordered=True)


@pytest.mark.parametrize("query", FILTERS)
def test_product_filter_uses_an_index(query):
    assert_indexed(lambda: APIClient().get(f"/store/products/?{query}"), ordered=False)


def product_type():
    return ContentType.objects.get_for_model(store.Product)


LOOKUPS = {
    "carts by age": lambda: store.Cart.objects.filter(touched_at__lt=START + timedelta(days=1)),
    "picture by path": lambda: store.ProductImage.objects.filter(image="store/images/7.png"),
    "user by e-mail": lambda: User.objects.filter(email="user7@a.org"),
    "user by name": lambda: User.objects.filter(username="user7"),
    "user by start of first name": lambda: User.objects.filter(first_name__istartswith="First69"),
    "user by start of last name": lambda: User.objects.filter(last_name__istartswith="Last59"),
    "customer by user": lambda: store.Customer.objects.filter(user=7),
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
    "orders by status": lambda: store.Order.objects.filter(payment_status="F"),
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


@pytest.mark.parametrize("name", LOOKUPS)
def test_lookup_uses_an_index(name):
    assert_indexed(lambda: list(LOOKUPS[name]()[:50]), ordered=False)


ORDERINGS = [
    *((store.Product, field) for field in ("title", "unit_price", "last_update", "inventory")),
    *((store.Order, field) for field in ("placed_at", "payment_status")),
    *((store.Review, field) for field in ("date", "rating")),
    *((store.Promotion, field) for field in ("description", "discount")),
    (store.Cart, "created_at"),
    (store.Campaign, "created_at"),
    (store.Collection, "title"),
    (store.Customer, "membership"),
    (Tag, "label"),
]


# As a click on the head of a column asks for; the numbers are those of the columns.
ADMIN_LISTS = [
    *(f"store/product/?o={sign}{column}" for column in (1, 2, 3) for sign in ("", "-")),
    *(f"store/order/?o={sign}{column}" for column in (1, 2, 4) for sign in ("", "-")),
    *(f"store/review/?o={sign}{column}" for column in (3, 4) for sign in ("", "-")),
    *(f"store/promotion/?o={sign}{column}" for column in (1, 2) for sign in ("", "-")),
    *(f"store/campaign/?o={sign}2" for sign in ("", "-")),
    "store/product/?collection__id__exact=7",
    "store/collection/?o=1",
]


@pytest.mark.parametrize("path", ADMIN_LISTS)
def test_admin_list_is_read_in_the_order_of_an_index(path, client):
    client.force_login(User.objects.get(pk=STAFF))
    User.objects.filter(pk=STAFF).update(is_superuser=True)

    page = [
        sql
        for sql in selects(lambda: client.get(f"/admin/{path}"))
        if "ORDER BY" in sql and sql.endswith("LIMIT 50")
    ]

    assert page
    for sql in page:
        for step in explain(sql):
            assert step["key"], (sql, step)
            assert "filesort" not in (step["Extra"] or ""), (sql, step)


@pytest.mark.parametrize("field", ["username", "-username", "email", "-email"])
def test_unique_ordering_reads_an_index(field):
    assert_indexed(lambda: list(User.objects.order_by(field)[:50]), ordered=True)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(("model", "field"), ORDERINGS, ids=str)
def test_ordering_reads_an_index(model, field, sign):
    page = model.objects.order_by(f"{sign}{field}", f"{sign}pk")[:50]

    assert_indexed(lambda: list(page), ordered=True)
