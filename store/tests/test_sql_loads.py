"""Rows load by plain SQL that names only the columns of the client's data model."""

import pytest
from django.apps import apps
from django.db import connection

from core.models import User
from likes.models import LikedItem
from store.models import (
    Address,
    AddressChange,
    Campaign,
    CampaignRecipient,
    Cart,
    CartItem,
    Collection,
    Customer,
    IdempotencyKey,
    ImportPiece,
    ImportRow,
    ImportRun,
    Invoice,
    InvoiceCounter,
    KnownWord,
    LowStockNotice,
    MarketingConsent,
    Order,
    OrderItem,
    OrderNote,
    OrderStatusChange,
    Payment,
    PaymentEvent,
    Product,
    ProductImage,
    Promotion,
    Review,
    StockMovement,
    TrackingChange,
    Version,
)
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.django_db
MOMENT = "'2026-01-02 03:04:05'"
USER = {
    "id": 7,
    "password": "''",
    "is_superuser": "false",
    "username": "'ann'",
    "first_name": "''",
    "last_name": "''",
    "email": "'ann@example.com'",
    "is_staff": "false",
    "is_active": "true",
    "date_joined": MOMENT,
}
PRODUCT = {
    "id": 7,
    "title": "'Teapot'",
    "description": "NULL",
    "unit_price": 10,
    "inventory": 5,
    "last_update": MOMENT,
    "collection_id": 7,
    "slug": "'teapot'",
}
GENERIC = {"id": 7, "object_id": 7, "content_type_id": "(SELECT min(id) FROM django_content_type)"}
CART_ID = "0b0e7ed2-1c1f-4e0e-9b0e-000000000007"
# In the order of their keys.
LOADS = {
    User: USER,
    Customer: {"id": 7, "phone": "''", "birth_date": "NULL", "membership": "'B'", "user_id": 7},
    Address: {"id": 7, "street": "'Road'", "city": "'Town'", "zip": "'1'", "customer_id": 7},
    Promotion: {"id": 7, "description": "'Sale'", "discount": 0.2},
    Collection: {"id": 7, "title": "'Kitchen'", "featured_product_id": "NULL"},
    Product: PRODUCT,
    Product.promotions.through: {"id": 7, "product_id": 7, "promotion_id": 7},
    ProductImage: {"id": 7, "image": "'store/images/a.png'", "product_id": 7},
    Review: {
        "id": 7,
        "name": "'Ann'",
        "description": "'Good.'",
        "date": "'2026-01-02'",
        "product_id": 7,
    },
    Cart: {"id": "{cart}", "created_at": MOMENT},
    CartItem: {"id": 7, "quantity": 1, "cart_id": "{cart}", "product_id": 7},
    Order: {"id": 7, "placed_at": MOMENT, "payment_status": "'P'", "customer_id": 7},
    OrderItem: {"id": 7, "quantity": 1, "unit_price": 10, "order_id": 7, "product_id": 7},
    Tag: {"id": 7, "label": "'sale'"},
    TaggedItem: {**GENERIC, "tag_id": 7},
    LikedItem: {**GENERIC, "user_id": 7},
}
IMAGE = {
    "id": 7,
    "image": "http://testserver/media/store/images/a.png",
    "alt": "",
    "position": 0,
    "width": None,
    "height": None,
    "sizes": {"thumbnail": None, "small": None, "medium": None, "large": None},
}
LINE_PRODUCT = {
    "id": 7,
    "title": "Teapot",
    "slug": "teapot",
    "unit_price": 10.0,
    "image": None,
    "images": [IMAGE],
}
# Tables that the client's data model does not have.
ADDED = {
    AddressChange,
    Campaign,
    CampaignRecipient,
    IdempotencyKey,
    ImportPiece,
    ImportRow,
    ImportRun,
    Invoice,
    InvoiceCounter,
    KnownWord,
    LowStockNotice,
    MarketingConsent,
    OrderNote,
    OrderStatusChange,
    Payment,
    PaymentEvent,
    StockMovement,
    TrackingChange,
    Version,
}


def load(cursor, model, row):
    # Where there is a type for it, a UUID is written with dashes.
    key = CART_ID if connection.features.has_native_uuid_field else CART_ID.replace("-", "")
    table = connection.ops.quote_name(model._meta.db_table)
    values = ", ".join(str(value).format(cart=f"'{key}'") for value in row.values())
    cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})")


def test_every_table_loads():
    with connection.cursor() as cursor:
        for model, row in LOADS.items():
            load(cursor, model, row)

    assert [model.objects.count() for model in LOADS] == [1] * len(LOADS)


def test_loaded_rows_are_served(api_client):
    with connection.cursor() as cursor:
        for model, row in LOADS.items():
            load(cursor, model, row)
    api_client.force_authenticate(user=User.objects.get())

    assert api_client.get("/store/products/7/").json() == {
        "id": 7,
        "title": "Teapot",
        "description": None,
        "slug": "teapot",
        "sku": None,
        "inventory": 5,
        "unit_price": 10.0,
        "price_with_tax": 11.0,
        # The promotion has no dates.
        "price": 10.0,
        "promotion": None,
        "final_price": 11.0,
        "currency": "USD",
        "collection": 7,
        "rating_average": None,
        "rating_count": 0,
        "tags": [],
        "last_update": "2026-01-02T03:04:05Z",
        "images": [IMAGE],
    }
    assert api_client.get("/store/products/7/reviews/").json() == [
        {
            **{
                "id": 7,
                "date": "2026-01-02",
                "name": "Ann",
                "description": "Good.",
                "rating": None,
            },
            **{"verified_purchase": False, "is_mine": False, "is_approved": True},
            "answer": None,
        }
    ]
    assert api_client.get(f"/store/carts/{CART_ID}/").json()["total_price"] == 10
    assert api_client.get("/store/customers/me/").json()["id"] == 7
    assert api_client.get("/store/customers/me/addresses/").json() == [
        {"id": 7, "street": "Road", "city": "Town", "zip": "1"}
    ]


@pytest.mark.parametrize(
    ("payment_status", "status"), [("P", "pending"), ("C", "paid"), ("F", "cancelled")]
)
def test_loaded_orders_have_a_status_and_a_total(api_client, payment_status, status):
    order = {**LOADS[Order], "payment_status": f"'{payment_status}'"}
    line = {**LOADS[OrderItem], "quantity": 3}
    with connection.cursor() as cursor:
        for model, row in {**LOADS, Order: order, OrderItem: line}.items():
            load(cursor, model, row)
    api_client.force_authenticate(user=User.objects.get())

    assert api_client.get("/store/orders/").json() == [
        {
            "id": 7,
            "customer": 7,
            "placed_at": "2026-01-02T03:04:05Z",
            "payment_status": payment_status,
            "status": status,
            "shipping_address": None,
            "carrier": "",
            "tracking_number": "",
            "tracking_url": None,
            "items": [
                {
                    "id": 7,
                    "product": LINE_PRODUCT,
                    "title": None,
                    "list_price": None,
                    "promotion": None,
                    "unit_price": 10.0,
                    "quantity": 3,
                    "total_price": 30.0,
                    "tax": None,
                }
            ],
            "subtotal": 30.0,
            "tax": 0.0,
            "total": 30.0,
        }
    ]


def test_no_table_is_forgotten():
    labels = ("store", "tags", "likes")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]

    assert set(models) - ADDED <= set(LOADS)
