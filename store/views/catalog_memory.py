"""What a process keeps of the catalogue for visitors, and when it lets go of it."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from ..filters import ProductQuery
from ..models import Product, Promotion
from ..models.freshness import CatalogState
from ..models.kept import Kept
from ..models.listings import Listing
from ..serializers.product_rows import ProductRows
from .answers import Answer
from .product_pages import PagePlan

# Pages of the product list whose queries are kept compiled.
PLANS = 500
# Filtered and ordered lists, of each of which some pages are read.
LISTINGS = 100
# Numbers of products, in all and by collection.
COUNTS = 1000


class CatalogMemory:
    """What was read while the catalogue was in one state and no promotion began or ended."""

    def __init__(self, state: CatalogState, before: "CatalogMemory | None") -> None:
        self.state = state
        # None: nothing that was read changes without a write.
        self.changes_at: datetime | None = None
        # By membership.
        self.spelled: dict[str | None, ProductRows] = {}
        self.plans: Kept[PagePlan] = Kept(PLANS)
        self.answers: Kept[Answer] = Kept(
            settings.STORE_CATALOG_MEMORY * 2**20, lambda answer: answer.size
        )
        self.listings: Kept[Listing] = Kept(LISTINGS)
        # A new price leaves the numbers of products as they are.
        is_same = before is not None and before.state.assortment == state.assortment
        self.counts: Kept[int] = before.counts if before and is_same else Kept(COUNTS)

    def products(self, membership: str | None = None) -> ProductRows:
        """Return what spells products at the prices of this moment for a membership; None is a visitor."""
        spelled = self.spelled.get(membership)
        if spelled is None:
            ahead = Promotion.objects.next_change(after=timezone.now())
            # What is spelled already holds no longer than it did.
            self.changes_at = min((each for each in (self.changes_at, ahead) if each), default=None)
            spelled = ProductRows(Promotion.objects.running(membership))
            self.spelled[membership] = spelled
        return spelled

    def holds(self, state: CatalogState) -> bool:
        return self.state.stamps == state.stamps and (
            self.changes_at is None or timezone.now() < self.changes_at
        )

    def listing(self, query: ProductQuery, select: Callable[[], QuerySet[Product]]) -> Listing:
        listing = self.listings.get(query)
        if listing is None:
            counts = self.counts if query.counted is not None else Kept[int](1)
            listing = Listing(select(), query.counted, counts, lasts=query.is_versioned)
            if query.is_own:
                self.listings.put(query, listing)
        return listing


class CurrentMemory:
    """The memory of this process; a state that it does not hold for starts another."""

    def __init__(self) -> None:
        self.memory: CatalogMemory | None = None

    def of(self, state: CatalogState) -> CatalogMemory:
        memory = self.memory
        if memory is None or not memory.holds(state):
            memory = CatalogMemory(state, memory)
            # Without a stamp nobody would tell that the rows have changed.
            self.memory = memory if state.is_stamped else None
        return memory


current_memory = CurrentMemory()
