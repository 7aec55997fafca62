from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction


def seed(**options: Any) -> str:
    """Run seed_db, with 50 products unless told otherwise, and return what it prints."""
    output = StringIO()
    call_command("seed_db", stdout=output, **{"products": 50, **options})
    return output.getvalue()


@pytest.fixture(name="seed")
def _seed() -> Callable[..., str]:
    return seed


@pytest.fixture(scope="module")
def seeded_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Seed once for a whole module of tests; each test's own changes are rolled back as ever."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield seed(products=120)
        transaction.set_rollback(True)


@pytest.fixture
def seeded(seeded_once: str, db: None) -> str:
    """Fill the shop and return what seed_db printed; for modules whose tests all ask for it."""
    return seeded_once
