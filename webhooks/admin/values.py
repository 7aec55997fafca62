"""Values as staff read them, in lists and on pages alike."""

from datetime import datetime

from django.utils.formats import localize
from django.utils.timezone import localtime


def moment(at: datetime | None) -> str:
    return "–" if at is None else localize(localtime(at))


def milliseconds(duration: int | None) -> str:
    return "–" if duration is None else f"{duration} ms"
