import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.conf import settings
from django.utils.text import slugify

from store.models import Collection, Product, ProductImage, Promotion
from store.money import minor_unit_of

from .goods import ASSORTMENTS, MATERIALS, Assortment, Design
from .pictures import SIDE, SIZES, picture_name
from .rows import batched, insert, insert_all, own_dates

# A line of goods: what tells two alike designs apart once the plain ones are used up.
FIRST_SYLLABLES = (
    "Al Bram Cor Dal El Fen Gar Hol Is Jor Kes Lind Mar Nor Os Pel Quin Ros Sol Tarn Ul Ven"
)
LAST_SYLLABLES = "by dale den field gate holm ley low mere more stead wick"
LINES = tuple(first + last for last in LAST_SYLLABLES.split() for first in FIRST_SYLLABLES.split())

WEEK = timedelta(days=7)
# Description, discount, and in weeks from now when it starts and ends: None, it is not scheduled.
PROMOTIONS: list[tuple[str, float, tuple[int, int] | None]] = [
    ("Clear-out: 20 % off", 0.2, (-1, 8)),
    ("New customers: 10 % off", 0.1, None),
    ("Members' weeks: 15 % off", 0.15, (-2, 6)),
    ("Last pieces: 40 % off", 0.4, (-10, -6)),
    ("Next season: 5 % off", 0.05, (8, 12)),
]
# Who gets a promotion, where that is not everybody.
MEMBERS = {"Members' weeks: 15 % off": "SG"}
# Orders, reviews and likes go to about this many products, however many there are.
POPULAR = 1000


@dataclass
class Good:
    """A product on its way into the shop, with what it was made from."""

    product: Product
    design: Design
    assortment: Assortment


def goods(*, count: int, collections: list[Collection], now: datetime) -> Iterator[Good]:
    """Yield that many products, unsaved, the collections taking turns."""
    random = Random("goods")
    shelves = [list(assortment.designs()) for assortment in ASSORTMENTS]
    for shelf in shelves:
        random.shuffle(shelf)
    for number in range(count):
        place, turn = divmod(number, len(ASSORTMENTS))
        line, spot = divmod(place, len(shelves[turn]))
        design = shelves[turn][spot]
        title = f"{LINES[line - 1]} {design.title}" if line else design.title
        product = Product(
            title=title,
            slug=slugify(title),
            sku=f"SF-{number + 1:07}",
            description=describe(random, design, ASSORTMENTS[turn]),
            unit_price=round_price(design.price * random.uniform(0.95, 1.05)),
            inventory=stock_of(random),
            last_update=now - timedelta(seconds=random.randrange(365 * 24 * 3600)),
            collection=collections[turn],
        )
        yield Good(product, design, ASSORTMENTS[turn])


def describe(random: Random, design: Design, assortment: Assortment) -> str | None:
    sentences = (design.kind.text, MATERIALS[design.material][1], random.choice(assortment.notes))
    return " ".join(sentences[: random.choices((0, 1, 2, 3), (1, 3, 4, 4))[0]]) or None


def round_price(price: float) -> Decimal:
    """Round a price in dollars as shops do, to 12.49, 38.90 or 245.00; without cents to 1250 or 24500."""
    if minor_unit_of(settings.STORE_CURRENCY) == 1:
        # Of most currencies without cents, one is worth about what a cent is.
        return round_without_cents(100 * price)
    if price < 20:
        return max(Decimal(round(price * 2)) / 2 - Decimal("0.01"), Decimal("1.49"))
    if price < 100:
        return Decimal(round(price)) - Decimal("0.10")
    return Decimal(5 * round(price / 5)).quantize(Decimal("0.01"))


def round_without_cents(price: float) -> Decimal:
    step = 50 if price < 5000 else 100 if price < 20_000 else 500
    return Decimal(step * max(round(price / step), 3))


def stock_of(random: Random) -> int:
    """Draw a stock: one product in twelve is sold out, one in eight runs low."""
    spread = random.choices(((0, 0), (1, 9), (10, 80), (81, 400)), (8, 12, 50, 30))[0]
    return random.randint(*spread)


def insert_collections() -> list[Collection]:
    collections = [Collection(title=assortment.title) for assortment in ASSORTMENTS]
    insert(collections, key="title")
    return collections


def insert_promotions(now: datetime) -> list[Promotion]:
    promotions = [
        Promotion(
            description=text,
            discount=discount,
            starts_at=now + weeks[0] * WEEK if weeks else None,
            ends_at=now + weeks[1] * WEEK if weeks else None,
            memberships=MEMBERS.get(text, ""),
        )
        for text, discount, weeks in PROMOTIONS
    ]
    insert(promotions, key="description")
    return promotions


def stock_shop(
    *, count: int, now: datetime, with_batch: Callable[[list[Good]], None]
) -> list[Product]:
    """Insert the catalogue and return its popular products; `with_batch` gets each saved batch."""
    collections, promotions = insert_collections(), insert_promotions(now)
    random = Random("stock")
    share = min(POPULAR / count, 1)
    popular: list[Product] = []
    with own_dates(Product, "last_update"):
        for batch in batched(goods(count=count, collections=collections, now=now)):
            insert([good.product for good in batch], key="slug")
            insert_all(ProductImage, images(random, batch))
            promote(random, batch, promotions)
            with_batch(batch)
            popular += sample_products(random, batch, share)
    feature(collections, popular)
    return popular


def images(random: Random, batch: list[Good]) -> Iterator[ProductImage]:
    """Yield one to three pictures a product: the thing, a sample of its material, its parcel."""
    for good in batch:
        kinds = len(good.assortment.kinds)
        numbers = (good.design.picture, kinds + 1, kinds + 2)
        texts = (
            good.product.title,
            f"A sample of the material: {good.design.material.lower()}",
            f"{good.product.title} in its parcel",
        )
        for position in range(random.choices((1, 2, 3), (6, 3, 1))[0]):
            yield ProductImage(
                product=good.product,
                image=picture_name(good.assortment, numbers[position]),
                alt=texts[position],
                position=position,
                width=SIDE,
                height=SIDE,
                sizes=SIZES,
            )


def promote(random: Random, batch: list[Good], promotions: list[Promotion]) -> None:
    link = Product.promotions.through
    chosen = random.sample(batch, len(batch) // 12)
    insert_all(
        link,
        (
            link(product_id=good.product.pk, promotion_id=random.choice(promotions).pk)
            for good in chosen
        ),
    )


def sample_products(random: Random, batch: list[Good], share: float) -> list[Product]:
    return [good.product for good in random.sample(batch, math.ceil(len(batch) * share))]


def feature(collections: list[Collection], products: list[Product]) -> None:
    """Put forward one product of each collection, of those in stock if there are any."""
    for product in sorted(products, key=lambda product: product.inventory > 0):
        product.collection.featured_product = product
    Collection.objects.bulk_update(collections, ["featured_product"])
