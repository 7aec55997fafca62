"""The views of accounts and tokens, and the home page; other code imports them from here."""

from .accounts import AccountsRootView, UserViewSet
from .pages import favicon, home
from .second_factor_pages import SecondFactorPageView
from .second_factors import ConfirmSecondFactorView, SecondFactorView
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
    "ConfirmSecondFactorView",
    "LogoutAllView",
    "SecondFactorPageView",
    "SecondFactorView",
    "SessionViewSet",
    "SignInView",
    "TokenBlacklistView",
    "TokenRefreshView",
    "TokenVerifyView",
    "UserViewSet",
    "favicon",
    "home",
]
