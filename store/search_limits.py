"""What a search may cost that no index helps: each process runs one at a time, and the database stops it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.conf import settings
from django.db import connections

from .exceptions import SearchBusy, SearchTooSlow
from .fulltext.plans import is_slow
from .places import Place
from .statement_limits import StatementTooSlow, statement_limit

# One searches and one waits, for some seconds.
searches = Place(SearchBusy, threads=2, seconds=1)


@contextmanager
def search_limit(products: Any) -> Iterator[None]:
    """Bound what a search takes; raises SearchBusy or SearchTooSlow."""
    finding = getattr(products, "finding", None)
    # Even the index of words gives no row on MySQL before it has read all.
    is_bounded = finding and (connections[products.db].vendor == "mysql" or is_slow(products))
    if not is_bounded:
        yield
        return
    with slow_search_place(products), time_limit(products.db):
        yield


@contextmanager
def slow_search_place(products: Any) -> Iterator[None]:
    """Wait for the other searches where no index helps this one; raises SearchBusy."""
    with searches.taken() if is_slow(products) else nullcontext():
        yield


@contextmanager
def time_limit(using: str) -> Iterator[None]:
    """Have the database stop each statement after STORE_SEARCH_SECONDS; raises SearchTooSlow then."""
    try:
        with statement_limit(using, settings.STORE_SEARCH_SECONDS):
            yield
    except StatementTooSlow as error:
        raise SearchTooSlow from error
