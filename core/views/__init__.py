"""The views of accounts and tokens, and the home page; other code imports them from here."""

from .accounts import AccountsRootView, UserViewSet
from .pages import favicon, home
from .sessions import SessionViewSet
from .tokens import (
    LogoutAllView,
    SignInView,
    TokenBlacklistView,
    TokenRefreshView,
    TokenVerifyView,
)

__all__ = [
    "AccountsRootView",
    "LogoutAllView",
    "SessionViewSet",
    "SignInView",
    "TokenBlacklistView",
    "TokenRefreshView",
    "TokenVerifyView",
    "UserViewSet",
    "favicon",
    "home",
]
