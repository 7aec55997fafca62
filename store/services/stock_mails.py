from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from outbox.content import render
from outbox.staff import queue_to_people

from ..models import LowStockNotice, Product
from .transactions import retrying_transaction

TEMPLATE = "store/mail/low_stock.html"
# Products that a mail names; of more it says how many.
NAMED = 100
WRITTEN_AT_ONCE = 1000


def queue_low_stock_mail() -> int:
    """Mail staff which products have become low on stock since the last mail, each once until it recovers.

    Goes to STORE_STOCK_MAILS, else to ADMINS; returns how many mails were queued.
    """
    try:
        return queue_once()
    except IntegrityError:
        # Another worker has noticed the same, and queued the mail.
        return queue_once()


@retrying_transaction
def queue_once() -> int:
    low = Product.objects.low_on_stock().order_by("inventory", "title", "pk")
    LowStockNotice.objects.exclude(product_id__in=low.order_by().values("pk")).delete()
    people = settings.STORE_STOCK_MAILS or settings.ADMINS
    if not people:
        return 0
    new = low.exclude(pk__in=LowStockNotice.objects.order_by().values("product_id"))
    keys = list(new.values_list("pk", flat=True))
    if not keys:
        return 0
    # Before the mail: of two workers the second waits here, and is refused.
    notices = [LowStockNotice(product_id=key) for key in sorted(keys)]
    LowStockNotice.objects.bulk_create(notices, batch_size=WRITTEN_AT_ONCE)
    rows = Product.objects.filter(pk__in=keys[:NAMED]).order_by("inventory", "title", "pk")
    columns = ("title", "sku", "inventory", "low_stock_threshold")
    context = {"count": len(keys), "products": rows.only(*columns), "shop": settings.SHOP_URL}
    content = render(TEMPLATE, {**context, "more": max(0, len(keys) - NAMED)})
    return queue_to_people(
        people=people, content=content, key=f"low-stock:{timezone.now().isoformat()}"
    )
