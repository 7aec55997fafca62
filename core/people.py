"""What the pages of people need and a program that brings a token does not: a session, a user of it, messages."""

from typing import Any

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from storefront.paths.middleware import API

from .credentials import Authorization

PREFIXES = tuple(f"/{part}/" for part in API)


def brings_token(request: HttpRequest) -> bool:
    """Tell whether the API will look at the token alone: where it is none, it refuses."""
    sent = request.META.get("HTTP_AUTHORIZATION")
    return bool(sent and request.path_info.startswith(PREFIXES) and Authorization.of(sent).is_token)


class ForPeople(MiddlewareMixin):
    """Lets a middleware of Django rest while a program calls."""

    async_capable = False

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if brings_token(request) else super().__call__(request)


class SessionMiddleware(ForPeople, sessions.SessionMiddleware):
    pass


class AuthenticationMiddleware(ForPeople, auth.AuthenticationMiddleware):
    pass


class MessageMiddleware(ForPeople, messages.MessageMiddleware):
    pass
