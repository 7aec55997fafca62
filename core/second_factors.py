"""What staff may do without the code of a second factor: the rule for tokens, browsers and the admin."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from .exceptions import SecondFactorNeeded
from .sessions import SESSION_ID

OFF, REQUIRED = "off", "required"
# In the session of a browser: that its sign-in came with a code.
VERIFIED = "second_factor"
# In the session of a browser: the device that it sets up, and whose secret it alone shows.
BEGUN = "second_factor_begun"


def is_offered() -> bool:
    return bool(settings.STAFF_SECOND_FACTOR != OFF)


def browser_is_verified(request: HttpRequest | Request) -> bool:
    return bool(request.session.get(VERIFIED))


def mark_browser(request: HttpRequest | Request, *, is_verified: bool) -> None:
    """Note in a browser's session whether it came with a code; a program has no such session."""
    if SESSION_ID in request.session:
        request.session[VERIFIED] = is_verified


def lacks_second_factor(user: Any, *, is_verified: bool) -> bool:
    """Tell whether somebody is staff who signed in without the code that all staff need."""
    return settings.STAFF_SECOND_FACTOR == REQUIRED and user.is_staff and not is_verified


def refuse_without_code(request: Request, user: Any, *, is_verified: bool) -> None:
    """Let staff without a code reach the views that set up a second factor, and no other."""
    view = request.parser_context["view"]
    if lacks_second_factor(user, is_verified=is_verified) and not getattr(view, "enrols", False):
        raise SecondFactorNeeded
