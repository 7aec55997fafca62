"""Who sends a request: by a JWT, at less than what it costs to check its signature and compile a query
each time, or by a session."""

from copy import copy
from threading import Lock
from typing import Any, cast

from cachetools import LRUCache, cached
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, QuerySet
from rest_framework import HTTP_HEADER_ENCODING
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request, is_form_media_type
from rest_framework_simplejwt.authentication import AUTH_HEADER_TYPES, JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, Token
from rest_framework_simplejwt.utils import aware_utcnow

from store.compiled import compiled_select

from .credentials import Authorization
from .exceptions import SessionEnded
from .models import UserSession
from .second_factors import browser_is_verified, refuse_without_code
from .tokens import session_id_of

# Tokens whose signature a process remembers to have checked; each takes about a kilobyte.
REMEMBERED = 1000


class ShopJWTAuthentication(JWTAuthentication):
    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None:
            is_verified = self.session is not None and self.session.is_verified
            refuse_without_code(request, found[0], is_verified=is_verified)
        return found

    def get_user(self, validated_token: Token) -> Any:
        """Return whose token it is; refuses one whose session has ended, once all else is right."""
        session_id = session_id_of(validated_token)
        # Where the parent class, which judges a user by what their row says now, looks for one.
        self.user_model: Any = Users(session_id)
        user = super().get_user(validated_token)
        if session_id is not None and self.session is None:
            raise SessionEnded
        return user

    @property
    def session(self) -> UserSession | None:
        """The session of the token whose user was asked for."""
        session: UserSession | None = self.user_model.session
        return session

    def get_raw_token(self, header: bytes) -> bytes | None:
        sent = Authorization.of(header.decode(HTTP_HEADER_ENCODING))
        if not sent.is_token:
            return None
        # The parent says what is wrong with the words; it knows one spelling of the scheme.
        return super().get_raw_token(
            " ".join([AUTH_HEADER_TYPES[0], *sent.words]).encode(HTTP_HEADER_ENCODING)
        )

    def get_validated_token(self, raw_token: bytes) -> Token:
        try:
            token = copy(signed_token(raw_token))
            token.check_exp(current_time=aware_utcnow())
        except TokenError:
            # It says what is wrong.
            return super().get_validated_token(raw_token)
        return token


class ShopSessionAuthentication(SessionAuthentication):
    """The session of the admin and the browsable API, whose pages send a CSRF token with every write.

    A write without one comes from a front-end on the same host, to which the cookie is nobody's: where
    visitors may do the same it is a visitor's.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        try:
            found = super().authenticate(request)
        except PermissionDenied:
            if sends_csrf_token(request) or not serves_visitors(request):
                raise
            return None
        if found is not None:
            is_verified = browser_is_verified(request)
            refuse_without_code(request, found[0], is_verified=is_verified)
        return found


def sends_csrf_token(request: Request) -> bool:
    """Tell whether there is any CSRF token, right or wrong, in the header or in a form."""
    in_form = is_form_media_type(request.content_type) and request.POST.get("csrfmiddlewaretoken")
    return bool(request.META.get(settings.CSRF_HEADER_NAME) or in_form)


def serves_visitors(request: Request) -> bool:
    """Tell whether the view does for visitors what is asked, whosever row it is about."""
    view = request.parser_context["view"]
    # Until authentication ends, which sets who it is.
    request.user = AnonymousUser()
    is_detail = getattr(view, "detail", False)
    return all(
        each.has_permission(request, view) and not (is_detail and checks_objects(each))
        for each in view.get_permissions()
    )


def checks_objects(permission: BasePermission) -> bool:
    return type(permission).has_object_permission is not BasePermission.has_object_permission


@cached(LRUCache(REMEMBERED), lock=Lock())
def signed_token(raw_token: bytes) -> Token:
    """Return an access token that the shop has signed; raises TokenError, which is not cached."""
    return AccessToken(cast(Any, raw_token))


class Users:
    """Stands for the user model where a user is looked up by key, with SQL that is compiled once."""

    DoesNotExist = get_user_model().DoesNotExist

    def __init__(self, session_id: int | None) -> None:
        self.session_id = session_id
        self.session: UserSession | None = None

    @property
    def objects(self) -> "Users":
        return self

    def get(self, **lookup: Any) -> Any:
        ((name, value),) = lookup.items()
        if self.session_id is not None:
            found = session_by.instances(session_id=self.session_id, user_id=value)
            if found:
                self.session = found[0]
                return found[0].user
        for user in user_by.instances(name=name, value=value):
            return user
        raise Users.DoesNotExist


@compiled_select(value=BigIntegerField())
def user_by(name: str, value: Any) -> QuerySet:
    return get_user_model().objects.filter(**{name: value}).order_by()


@compiled_select(session_id=BigIntegerField(), user_id=BigIntegerField())
def session_by(session_id: Any, user_id: Any) -> QuerySet:
    """Read a session together with its user."""
    sessions = UserSession.objects.select_related("user")
    return sessions.filter(pk=session_id, user_id=user_id)
