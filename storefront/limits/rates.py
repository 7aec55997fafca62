from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse

from .counters import counted


class Quota(NamedTuple):
    """What somebody may still do of a scope in the seconds that are left of a period."""

    scope: str
    limit: int
    period: int
    number: int
    seconds: int

    @property
    def remaining(self) -> int:
        return max(self.limit - self.number, 0)

    @property
    def wait(self) -> int:
        """Seconds to wait, 0 within the limit."""
        return self.seconds if self.number > self.limit else 0

    @property
    def name(self) -> str:
        return f'"{self.scope}-{self.period}"'


def count_quotas(scope: str | None, who: str) -> list[Quota]:
    """Count one for somebody by each of the RATES of a scope.

    Not to be called in a transaction.
    """
    key = f"rate:{scope}:{who}"
    # All of them count, so that whoever waits for one does not run into the next.
    return [
        Quota(str(scope), limit, period, *counted(f"{key}:{period}", limit=limit, period=period))
        for limit, period in settings.RATES.get(scope or "", ())
    ]


def seconds_to_wait(scope: str | None, who: str) -> int:
    """Count one for somebody by the RATES of a scope; return 0 within them, else the seconds to wait.

    Not to be called in a transaction.
    """
    return longest_wait(count_quotas(scope, who))


def longest_wait(quotas: Sequence[Quota]) -> int:
    return max((quota.wait for quota in quotas), default=0)


def tell_quotas(response: HttpResponse, quotas: Sequence[Quota]) -> None:
    """Set the headers of draft-ietf-httpapi-ratelimit-headers: what is allowed, and what is left of it."""
    if quotas:
        response["RateLimit-Policy"] = ", ".join(
            f"{quota.name};q={quota.limit};w={quota.period}" for quota in quotas
        )
        response["RateLimit"] = ", ".join(
            f"{quota.name};r={quota.remaining};t={quota.seconds}" for quota in quotas
        )
