from django.conf import settings

from .counters import hit


def seconds_to_wait(scope: str | None, who: str) -> int:
    """Count one for somebody by the RATES of a scope; return 0 within them, else the seconds to wait.

    Not to be called in a transaction.
    """
    key = f"rate:{scope}:{who}"
    # All of them count, so that whoever waits for one does not run into the next.
    waits = [
        hit(f"{key}:{period}", limit=limit, period=period)
        for limit, period in settings.RATES.get(scope or "", ())
    ]
    return max(waits, default=0)
