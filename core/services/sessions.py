from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request
from rest_framework_simplejwt.settings import api_settings

from storefront.limits.addresses import client_address

from ..exceptions import SessionEnded
from ..models import User, UserSession
from ..models.sessions import USER_AGENT_LENGTH
from ..second_factors import VERIFIED
from ..security_log import security_event
from ..sessions import SESSION_ID

# Tokens are refreshed every few minutes at most; more exactly nobody asks.
LAST_USE = timedelta(minutes=1)
# Some hundreds to thousands of customers of one provider.
PLACE_BITS = {4: 24, 6: 48}


def place_of(request: HttpRequest | Request) -> str:
    """Return the network that a request comes from, by which people know their own."""
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        # The interface of a link-local address names nothing outside of this machine.
        address = IPv6Address(int(address))
    return str(ip_network((address, PLACE_BITS[address.version]), strict=False))


def begin_token_session(
    *, user: User, request: HttpRequest | Request, is_verified: bool = False
) -> UserSession:
    """Record a sign-in from which tokens come, with the code of a second factor or without."""
    return UserSession.objects.create(
        expires_at=timezone.now() + api_settings.REFRESH_TOKEN_LIFETIME,
        is_verified=is_verified,
        **sign_in_fields(user, request),
    )


def begin_browser_session(*, user: User, request: HttpRequest, is_verified: bool) -> None:
    """Record a sign-in that a cookie keeps; one more in the same browser takes its place."""
    browser = request.session
    if browser.session_key is None:
        browser.create()
    session, _ = UserSession.objects.update_or_create(
        session_key=browser.session_key,
        defaults={"is_verified": is_verified, **sign_in_fields(user, request)},
    )
    browser[SESSION_ID], browser[VERIFIED] = session.pk, is_verified


def sign_in_fields(user: User, request: HttpRequest | Request) -> dict[str, Any]:
    sent = request.META.get("HTTP_USER_AGENT", "")
    return {
        "user": user,
        "user_agent": "".join(filter(str.isprintable, sent))[:USER_AGENT_LENGTH],
        "network": place_of(request),
        "auth_hash": user.get_session_auth_hash(),
    }


def refresh_session(*, session_id: int, jti: str) -> UserSession:
    """Use a refresh token; raise SessionEnded where it is none any more.

    A token of before a rotation is in two hands, and nobody knows which is the owner's: the session ends.
    """
    sessions = UserSession.objects.filter(pk=session_id)
    session = sessions.first()
    if session is not None and session.jti == jti:
        if not settings.ROTATE_REFRESH_TOKENS:
            record_use(session)
        elif not session.rotate():
            # Another tab was first.
            session = sessions.first()
    if session is None:
        raise SessionEnded
    if not session.accepts(jti):
        end_sessions(sessions=sessions)
        security_event("sessions_ended", user_id=session.user_id, reason="refresh_token_reused")
        raise SessionEnded
    return session


def record_use(session: UserSession) -> None:
    now = timezone.now()
    rows = UserSession.objects.filter(pk=session.pk, last_used_at__lt=now - LAST_USE)
    rows.update(last_used_at=now)


def end_sessions(*, sessions: QuerySet[UserSession]) -> None:
    """Refuse from now on the tokens and the cookies of these sessions."""
    cookies = [*sessions.exclude(session_key=None).values_list("session_key", flat=True)]
    Session.objects.filter(pk__in=cookies).delete()
    sessions.delete()


def purge_sessions() -> int:
    """Delete those that ran out, once no access token can be left of them."""
    cookies = Session.objects.filter(pk=OuterRef("session_key"))
    latest = timezone.now() - api_settings.ACCESS_TOKEN_LIFETIME
    of_tokens = UserSession.objects.filter(expires_at__lt=latest)
    of_browsers = UserSession.objects.filter(~Exists(cookies), session_key__isnull=False)
    return of_tokens.delete()[0] + of_browsers.delete()[0]
