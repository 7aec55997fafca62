"""What a process keeps of the catalogue for visitors, and when it lets go of it."""

from collections.abc import Hashable
from threading import Lock

from cachetools import LRUCache
from django.conf import settings
from django.utils import timezone

from ..models import Promotion
from ..models.freshness import CatalogState, Stamps
from ..serializers.product_rows import ProductRows
from .answers import Answer
from .product_pages import PagePlan

# Pages of the product list whose queries are kept compiled.
PLANS = 500


class CatalogMemory:
    """What was read while the catalogue had these stamps and no promotion began or ended."""

    def __init__(self, stamps: Stamps) -> None:
        self.stamps = stamps
        self.changes_at = Promotion.objects.next_change(after=timezone.now())
        self.products = ProductRows(Promotion.objects.running(None))
        self.plans: LRUCache[Hashable, PagePlan] = LRUCache(PLANS)
        self.answers: LRUCache[Hashable, Answer] = LRUCache(
            settings.STORE_CATALOG_MEMORY * 2**20, getsizeof=lambda answer: len(answer.body)
        )
        self.lock = Lock()

    def holds(self, state: CatalogState) -> bool:
        return self.stamps == state.stamps and (
            self.changes_at is None or timezone.now() < self.changes_at
        )

    def answer(self, key: Hashable) -> Answer | None:
        with self.lock:
            return self.answers.get(key)

    def plan(self, key: Hashable) -> PagePlan | None:
        with self.lock:
            return self.plans.get(key)

    def keep_plan(self, key: Hashable, plan: PagePlan) -> None:
        with self.lock:
            self.plans[key] = plan

    def keep(self, key: Hashable, answer: Answer) -> None:
        with self.lock:
            if answer.keeps and len(answer.body) <= self.answers.maxsize:
                self.answers[key] = answer


class CurrentMemory:
    """The memory of this process; a state that it does not hold for starts another."""

    def __init__(self) -> None:
        self.memory: CatalogMemory | None = None

    def answer(self, key: Hashable) -> Answer | None:
        return self.memory.answer(key) if self.memory else None

    def of(self, state: CatalogState) -> CatalogMemory:
        memory = self.memory
        if memory is None or not memory.holds(state):
            memory = CatalogMemory(state.stamps)
            # Without a stamp nobody would tell that the rows have changed.
            self.memory = memory if state.is_stamped else None
        return memory


current_memory = CurrentMemory()
