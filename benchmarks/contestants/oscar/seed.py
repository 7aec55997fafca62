"""Fill Oscar with the products of the shop: `python -m benchmarks.contestants.oscar.seed`."""

import os

import django

from benchmarks.connections import Database

STOCK = 1_000_000


def seed() -> None:
    """Insert the shop's products with their pictures, and a country to ship to."""
    from oscar.core.loading import get_model

    kind = get_model("catalogue", "ProductClass").objects.create(name="Goods")
    partner = get_model("partner", "Partner").objects.create(name="Storefront")
    country = {"iso_3166_1_a3": "NLD", "printable_name": "Netherlands", "is_shipping_country": True}
    get_model("address", "Country").objects.create(iso_3166_1_a2="NL", **country)
    category = get_model("catalogue", "Category").add_root(name="Everything")

    shop = Database(os.environ["SHOP_DATABASE_URL"])
    goods = shop.rows("SELECT id, title, description, unit_price FROM store_product ORDER BY id")
    pictures = shop.rows("SELECT product_id, image FROM store_productimage ORDER BY id")

    product, record = get_model("catalogue", "Product"), get_model("partner", "StockRecord")
    image = get_model("catalogue", "ProductImage")
    product.objects.bulk_create(
        product(
            id=key,
            upc=str(key),
            title=title,
            slug=str(key),
            description=text or "",
            product_class=kind,
        )
        for key, title, text, _ in goods
    )
    record.objects.bulk_create(
        record(
            product_id=key, partner=partner, partner_sku=str(key), price=price, num_in_stock=STOCK
        )
        for key, _, _, price in goods
    )
    link = product.categories.through
    link.objects.bulk_create(link(product_id=key, category=category) for key, *_ in goods)
    image.objects.bulk_create(
        image(product_id=key, original=name, display_order=order)
        for order, (key, name) in enumerate(pictures)
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.contestants.oscar.settings")
    django.setup()
    seed()
