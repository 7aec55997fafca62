"""The rules of the shop that differ from shop to shop."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from environs import ValidationError, validate
from iso4217 import Currency

from .environment import env

# Stands for the tracking number in the address of a carrier's page.
NUMBER = "{number}"


def is_object(value: Any) -> None:
    if not isinstance(value, dict):
        raise ValidationError('Not a JSON object such as {"delay": 1}.')


def is_carriers(value: Any) -> None:
    """Refuse what is no mapping of carriers to the pages, over HTTPS, on which they tell of a parcel."""
    is_object(value)
    for name, page in value.items():
        parts = urlsplit(page) if isinstance(page, str) else None
        if not (name.strip() and parts and parts.scheme == "https" and parts.hostname):
            raise ValidationError(f"{name}: not an address that starts with https://.")
        if NUMBER not in page or NUMBER in parts.netloc:
            raise ValidationError(f"{name}: the path or query lacks {NUMBER}.")


def is_supported_currency(code: str) -> None:
    """Refuse a currency whose amounts the columns, with two decimals, do not hold."""
    try:
        decimals = Currency(code).exponent
    except ValueError as error:
        raise ValidationError("Not a currency of ISO 4217 such as USD or JPY.") from error
    if decimals is None:
        raise ValidationError(f"{code} has no minor unit to round to; nothing is sold in it.")
    if decimals not in (0, 2):
        raise ValidationError(
            f"{code} has {decimals} decimals; the shop works with currencies of two or none."
        )


STORE_TAX_RATE = env.decimal(
    "STORE_TAX_RATE", Decimal("0.10"), validate=validate.Range(Decimal(0), Decimal(1))
)
# ISO 4217; what every amount is in. Prices that are stored already are not converted.
STORE_CURRENCY = env.str("STORE_CURRENCY", "USD", validate=is_supported_currency)
# Days after which a cart that nobody has touched is deleted.
STORE_CART_LIFETIME = env.int("STORE_CART_LIFETIME", 30, validate=validate.Range(1, 36500))
# Days for which it is kept who changed what.
HISTORY_DAYS = env.int("HISTORY_DAYS", 730, validate=validate.Range(30, 36500))
# Days for which an order of a deleted account keeps its address, as the law on books asks.
STORE_ADDRESS_RETENTION = env.int(
    "STORE_ADDRESS_RETENTION", 3650, validate=validate.Range(0, 36500)
)
# Days for which an import can be looked at and taken back; its rows may be about people.
STORE_IMPORT_RETENTION = env.int("STORE_IMPORT_RETENTION", 7, validate=validate.Range(1, 365))
# MB of responses to visitors that each process caches; 0: none is cached.
STORE_CATALOG_MEMORY = env.int("CATALOG_MEMORY", 16, validate=validate.Range(0, 1024))
# Seconds after which what other programs wrote into the tables of the catalogue is seen, too.
STORE_CATALOG_CACHE_SECONDS = env.int("CATALOG_CACHE_SECONDS", 5, validate=validate.Range(0, 3600))
# Who sells, as invoices and packing slips say it; the lines of the address are separated by ";".
STORE_SELLER_NAME = env.str("STORE_SELLER_NAME", "")
STORE_SELLER_ADDRESS: list[str] = env.list("STORE_SELLER_ADDRESS", [], delimiter=";")
STORE_SELLER_EMAIL = env.str("STORE_SELLER_EMAIL", "")
STORE_SELLER_PHONE = env.str("STORE_SELLER_PHONE", "")
STORE_TAX_ID = env.str("STORE_TAX_ID", "")
# Before the year and the number of an invoice, and of a credit note.
is_prefix = validate.Length(max=20)
STORE_INVOICE_PREFIX = env.str("STORE_INVOICE_PREFIX", "INV-", validate=is_prefix)
STORE_CREDIT_NOTE_PREFIX = env.str("STORE_CREDIT_NOTE_PREFIX", "CN-", validate=is_prefix)
# A font file for the characters that the shop's own fonts lack, such as Chinese and Japanese ones.
STORE_PDF_FONT = env.str("STORE_PDF_FONT", "")
# Minutes for which an order that is due online waits for its payment before it is cancelled; 0: for ever.
is_timeout = validate.Range(0, 525_600)
STORE_PAYMENT_TIMEOUT = env.int("STORE_PAYMENT_TIMEOUT", 0, validate=is_timeout)
# Orders of one customer that may wait for their payment at once, where they do not wait for ever.
STORE_UNPAID_ORDERS = env.int("STORE_UNPAID_ORDERS", 5, validate=validate.Range(1, 10**6))
# Dotted name of a class of store.gateways; without one the shop takes no payments online.
STORE_PAYMENT_GATEWAY = env.str("PAYMENT_GATEWAY", "")
# Signs what the gateway tells the shop.
STORE_PAYMENT_WEBHOOK_SECRET = env.str("PAYMENT_WEBHOOK_SECRET", "")
# What else the class is made with.
STORE_PAYMENT_GATEWAY_OPTIONS: Any = env.json("PAYMENT_GATEWAY_OPTIONS", {}, validate=is_object)
# Pieces below which the stock of a product is low, unless the product has a threshold of its own.
STORE_LOW_STOCK = env.int("STORE_LOW_STOCK", 10, validate=validate.Range(0, 10**9))
# Carrier -> the address of the page on which it tells of a parcel, such as https://carrier.example/?id={number}.
STORE_CARRIERS: Any = env.json("STORE_CARRIERS", {}, validate=is_carriers)
# Whether a new review waits until staff approve it.
STORE_REVIEWS_MODERATED = env.bool("STORE_REVIEWS_MODERATED", False)
# Parameters that other apps add to the product list: name -> dotted name of a django-filter class.
# Those of an app that is not installed are left out.
STORE_PRODUCT_FILTERS = {
    "tag": "store_custom.filters.TagFilter",
    "liked": "store_custom.filters.LikedFilter",
}
# What other apps add to a product: name -> dotted name of a serializer field with a static method `load`,
# which loads the values into a sequence of products.
STORE_PRODUCT_FIELDS = {"tags": "store_custom.fields.TagsField"}
# Facets that other apps add to `products/facets/`: name -> dotted name of a store.services.facets.Facet.
STORE_PRODUCT_FACETS = {"tags": "store_custom.facets.TAGS"}
# Seconds for which counted facets are kept.
STORE_FACETS_SECONDS = env.int("STORE_FACETS_SECONDS", 60, validate=validate.Range(1, 86400))
# Dotted names of functions that keep the promotions which reach products through the rows of other apps.
STORE_PROMOTION_SOURCES = ["store_custom.promotions.reaching_by_tag"]
# Labels of other apps by which `q=` finds products: dotted names of classes as store.labels.Labels tells.
STORE_PRODUCT_LABELS = ["store_custom.search.TagLabels"]
# Dotted names of functions that take the admin's site and return routes of it.
ADMIN_PAGES = ["store.admin.pages.urls"]
