from collections.abc import Callable
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, reset_queries, transaction
from django.db.models import Model
from django.utils import timezone

from history.models import Change, Operation
from history.origins import unrecorded
from likes.models import LikedItem
from store.models import (
    Cart,
    CartItem,
    Collection,
    IdempotencyKey,
    Order,
    OrderItem,
    OrderStatusChange,
    Payment,
    PaymentEvent,
    Product,
    ProductImage,
    Promotion,
    Review,
    StockMovement,
)
from store.models.versions import invalidate_catalog, invalidate_sales
from store.pictures.sizes import file_names
from store.services.stock_movements import open_stock
from tags.models import Tag, TaggedItem

from .catalog import Good, stock_shop
from .orders import insert_orders
from .people import insert_people, seeded_users
from .pictures import PREFIX
from .reviews import insert_reviews
from .tags import Tagger, insert_likes

# Whoever points at a row comes before it.
EMPTIED: tuple[type[Model], ...] = (
    LikedItem,
    TaggedItem,
    Tag,
    PaymentEvent,
    Payment,
    OrderStatusChange,
    IdempotencyKey,
    OrderItem,
    StockMovement,
    Order,
    CartItem,
    Cart,
    Review,
    ProductImage,
    Product.promotions.through,
    Product,
    Promotion,
    Collection,
)


def is_seeded() -> bool:
    return seeded_users().exists()


def has_goods() -> bool:
    return Product.objects.exists() or Collection.objects.exists()


def fill_shop(*, products: int, advance: Callable[[int], Any], catalog_only: bool = False) -> None:
    """Insert the demonstration data, or the catalogue alone; `advance` is told of every batch of products.

    Call it inside a transaction: what is cut off must leave nothing behind.
    """
    now = timezone.now()
    tagger = Tagger()

    def with_batch(batch: list[Good]) -> None:
        tagger.tag(batch)
        open_stock(keys=[good.product.pk for good in batch])
        # With DEBUG on, Django would keep the text of every statement.
        reset_queries()
        advance(len(batch))

    # Nobody has changed anything: the shop begins like this.
    with unrecorded():
        customers = [] if catalog_only else insert_people(now=now)
        popular = stock_shop(count=products, now=now, with_batch=with_batch)
        if customers:
            insert_orders(customers=customers, products=popular, now=now)
            insert_reviews(customers=customers, products=popular, now=now)
            insert_likes(customers=customers, products=popular)
    # Links to promotions, and orders, were written past the querysets that invalidate.
    invalidate_catalog()
    invalidate_sales()


def empty_shop() -> None:
    """Delete the shop's data and the seeded users; users that others made stay, with their profile.

    Call it inside a transaction.
    """
    forget_uploads()
    # The rows go without passing through Python: there may be a million of them.
    Collection.objects.update(featured_product=None)
    with connection.cursor() as cursor:
        for model in EMPTIED:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
    Operation.objects.all().delete()
    Change.objects.filter(content_type__app_label="store").delete()
    seeded_users().delete()


def forget_uploads() -> None:
    """Remove, once the rows are gone, the files of pictures that are not of the pool."""
    names = ProductImage.objects.exclude(image__startswith=PREFIX).order_by("image")
    uploads = list(names.values_list("image", flat=True).distinct())

    def remove() -> None:
        for name in uploads:
            for each in (name, *file_names(name)):
                default_storage.delete(each)

    transaction.on_commit(remove)
