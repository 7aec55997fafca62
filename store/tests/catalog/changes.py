"""Ways to change what a shelf of two products, a picture and a running promotion shows."""

from datetime import UTC, datetime

from django.contrib.auth import get_user_model
from django.core import management
from django.db import connection
from django.db.models import F
from rest_framework.test import APIClient

from store.models import Cart, Collection, Product, ProductImage, Promotion
from store.services.catalog import delete_product
from store.services.orders import place_order

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def teapot():
    return Product.objects.get(slug="teapot")


def kitchen():
    return Collection.objects.get(title="Kitchen")


def save(**fields):
    product = teapot()
    for name, value in fields.items():
        setattr(product, name, value)
    product.save()


def change_in_bulk():
    product = teapot()
    product.unit_price = 77
    Product.objects.bulk_update([product], ["unit_price"])


def order(quantity=1):
    cart = Cart.objects.create()
    cart.items.create(product=teapot(), quantity=quantity)
    user = get_user_model().objects.create(username=str(cart.pk), email=f"{cart.pk}@example.com")
    return place_order(cart_id=cart.pk, user_id=user.pk).order


def patch_by_api():
    staff = APIClient()
    staff.force_authenticate(get_user_model()(is_staff=True))
    assert staff.patch(f"/store/products/{teapot().pk}/", {"unit_price": 55}).status_code == 200


def new_product(**fields):
    return Product(
        title="Cup", slug="cup", unit_price=3, inventory=1, collection=kitchen(), **fields
    )


def insert_by_sql():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO store_product (title, unit_price, inventory, last_update, collection_id, slug)"
            " VALUES ('Bowl', 5, 1, '2026-01-02 03:04:05', %s, 'bowl')",
            [kitchen().pk],
        )


def update_by_sql():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_product SET unit_price = 66")
    management.call_command("invalidate_catalog")


CHANGES = {
    "save": lambda: save(title="Kettle"),
    "save of one field": lambda: Product(pk=teapot().pk, unit_price=44).save(
        update_fields=["unit_price"]
    ),
    "stock": lambda: save(inventory=3),
    "update": lambda: Product.objects.update(unit_price=33),
    "update of the stock": lambda: Product.objects.update(inventory=F("inventory") + 1),
    "update by key": lambda: Product.objects.filter(pk=teapot().pk).update(description="New"),
    "update or create": lambda: Product.objects.update_or_create({"title": "Jug"}, slug="teapot"),
    "bulk update": change_in_bulk,
    "create": lambda: new_product().save(),
    "bulk create": lambda: Product.objects.bulk_create([new_product()]),
    "related create": lambda: kitchen().products.create(
        title="Cup", slug="cup", unit_price=3, inventory=1
    ),
    "delete": lambda: teapot().delete(),
    "delete by queryset": lambda: Product.objects.filter(slug="teapot").delete(),
    "delete by service": lambda: delete_product(product=teapot()),
    "api": patch_by_api,
    "order": order,
    "picture": lambda: ProductImage.objects.create(product=teapot(), image="new.png"),
    "picture in bulk": lambda: ProductImage.objects.bulk_create(
        [ProductImage(product=teapot(), image="new.png")]
    ),
    "picture replaced": lambda: ProductImage.objects.update(image="other.png"),
    "picture removed": lambda: ProductImage.objects.get().delete(),
    "promotion": lambda: Promotion.objects.update(discount=0.5),
    "promotion removed": lambda: Promotion.objects.get().delete(),
    "promotion's products": lambda: Promotion.objects.get().products.clear(),
    "product's promotions": lambda: teapot().promotions.set([]),
    "product's promotion": lambda: teapot().promotions.remove(Promotion.objects.get()),
    "another promotion": lambda: teapot().promotions.create(
        description="More", discount=0.9, starts_at=NOON
    ),
    "plain insert": insert_by_sql,
    "plain update, and the command": update_by_sql,
}
