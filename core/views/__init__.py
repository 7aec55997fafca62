"""The views of accounts and tokens, and the home page; other code imports them from here."""

from .accounts import AccountsRootView, UserViewSet
from .pages import favicon, home
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
    "SignInView",
    "TokenBlacklistView",
    "TokenRefreshView",
    "TokenVerifyView",
    "UserViewSet",
    "favicon",
    "home",
]
