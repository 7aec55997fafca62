"""What a list of products can be narrowed by, with how many products each choice would leave."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from hashlib import sha256
from time import monotonic, time
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Avg, Count, Q

from storefront.supplied import supplied_as

from ..exceptions import FacetsBusy, FacetsTooSlow
from ..models import Collection, Review
from ..models.catalog import ProductQuerySet
from ..models.reviews import MAX_RATING
from ..money import minor_unit_of
from ..places import Place
from ..search_limits import slow_search_place
from ..statement_limits import StatementTooSlow, statement_limit
from .report_limits import WAIT_SECONDS

# Choices of one facet; the fullest come first.
MOST_CHOICES = 100
# Bands of prices.
MOST_BANDS = 8
# Where bands begin, times a power of ten.
STEPS = (Decimal(1), Decimal(2), Decimal(5))

# One at a time in a process: each reads all products.
place = Place(FacetsBusy, threads=settings.REPORT_PLACES, seconds=WAIT_SECONDS)

Counts = Any


class Facet(NamedTuple):
    """What products are counted by, and the filters that choose among it, without which it is counted."""

    count: Callable[[ProductQuerySet], Counts]
    filters: frozenset[str]


def collections(products: ProductQuerySet) -> Counts:
    """Count the products of each collection."""
    # Their titles are read apart: MariaDB would look up each product for the title of its collection.
    rows = products.order_by().values_list("collection").annotate(count=Count("pk"))
    counts = dict(rows.order_by("-count", "collection")[:MOST_CHOICES])
    titles = dict(
        Collection.objects.filter(pk__in=counts).order_by("title").values_list("pk", "title")
    )
    found = sorted(titles, key=lambda key: -counts[key])
    return [{"id": key, "title": titles[key], "count": counts[key]} for key in found]


def price(products: ProductQuerySet) -> Counts:
    """Return the smallest and the largest list price, None without products."""
    return products.price_span


def prices(products: ProductQuerySet) -> Counts:
    """Count the products in bands of list prices; both ends belong to a band, as price_min and price_max do."""
    span = products.price_span
    if span["min"] is None:
        return []
    bands = bands_over(span["min"], span["max"])
    counts = products.order_by().aggregate(
        **{
            f"band{number}": Count("pk", filter=Q(unit_price__range=band))
            for number, band in enumerate(bands)
        }
    )
    found = [
        {"min": band[0], "max": band[1], "count": counts[f"band{number}"]}
        for number, band in enumerate(bands)
    ]
    return [row for row in found if row["count"]]


def bands_over(low: Decimal, high: Decimal) -> list[tuple[Decimal, Decimal]]:
    """Return up to MOST_BANDS bands of round numbers that hold all prices from low to high."""
    ends = [step.scaleb(power) for power in range(10) for step in STEPS]
    inner = [end for end in ends if low < end <= high]
    while len(inner) >= MOST_BANDS:
        inner = inner[1::2]
    starts = [max((end for end in ends if end <= low), default=low), *inner]
    unit = minor_unit_of(settings.STORE_CURRENCY)
    last = min((end for end in ends if end > high), default=high + unit)
    return [(start, end - unit) for start, end in zip(starts, [*inner, last], strict=True)]


def ratings(products: ProductQuerySet) -> Counts:
    """Count the products whose ratings average at least each number of stars."""
    rated = Review.objects.approved().filter(
        rating__isnull=False, product__in=products.order_by().values("pk")
    )
    averages = rated.order_by().values("product").annotate(average=Avg("rating"))
    stars = range(MAX_RATING, 0, -1)
    counts = averages.aggregate(
        **{f"from{least}": Count("product", filter=Q(average__gte=least)) for least in stars}
    )
    return [{"min": least, "count": counts[f"from{least}"]} for least in stars]


def in_stock(products: ProductQuerySet) -> Counts:
    """Count the products with and without stock."""
    counts = products.order_by().aggregate(
        true=Count("pk", filter=Q(inventory__gt=0)), false=Count("pk", filter=Q(inventory__lte=0))
    )
    return dict(counts)


PRICE_FILTERS = frozenset({"unit_price__gt", "unit_price__lt", "price_min", "price_max"})
OWN = {
    "collections": Facet(collections, frozenset({"collection", "collection_id"})),
    "prices": Facet(prices, PRICE_FILTERS),
    "ratings": Facet(ratings, frozenset({"rating_min"})),
    "in_stock": Facet(in_stock, frozenset({"in_stock"})),
    "price": Facet(price, PRICE_FILTERS),
}


def facets() -> dict[str, Facet]:
    """Return the facets by name, with those that other installed apps supply through STORE_PRODUCT_FACETS."""
    return {**OWN, **supplied_as(settings.STORE_PRODUCT_FACETS)}


class Kept(NamedTuple):
    """Counts, and the seconds since they were made."""

    counts: Mapping[str, Counts]
    age: int


def count_facets(narrowed: Callable[[frozenset[str]], ProductQuerySet], *, key: str) -> Kept:
    """Count the products of each facet, at most once in STORE_FACETS_SECONDS for a key that tells what is asked.

    `narrowed` returns the products that a request asks for, but for these filters. Raises FacetsBusy,
    FacetsTooSlow and, of a search that no index helps, SearchBusy.
    """
    name = f"facets:{sha256(key.encode(errors='surrogatepass')).hexdigest()}"
    kept = kept_under(name)
    if kept is None:
        with place.taken():
            # Another thread may have counted meanwhile.
            kept = kept_under(name) or count(name, narrowed)
    return kept


def kept_under(name: str) -> Kept | None:
    found = cache.get(name)
    # By the clock that all processes have.
    return None if found is None else Kept(found[1], max(int(time() - found[0]), 0))


def count(name: str, narrowed: Callable[[frozenset[str]], ProductQuerySet]) -> Kept:
    begin = time()
    with slow_search_place(narrowed(frozenset())):
        counts = counts_within(settings.STORE_REPORT_SECONDS, narrowed)
    cache.set(name, [begin, counts], settings.STORE_FACETS_SECONDS)
    return Kept(counts, 0)


def counts_within(
    seconds: float, narrowed: Callable[[frozenset[str]], ProductQuerySet]
) -> dict[str, Counts]:
    """Count each facet in what is left of some seconds for all of them; raises FacetsTooSlow."""
    end = monotonic() + seconds
    counts: dict[str, Counts] = {}
    for name, facet in facets().items():
        left = end - monotonic()
        if left <= 0:
            raise FacetsTooSlow
        try:
            with statement_limit(DEFAULT_DB_ALIAS, left):
                counts[name] = facet.count(narrowed(facet.filters))
        except StatementTooSlow as error:
            raise FacetsTooSlow from error
    return counts
