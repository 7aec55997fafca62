"""The views of accounts and tokens, and the home page; other code imports them from here."""

from .accounts import AccountsRootView, UserViewSet
from .pages import favicon, home
from .password_pages import ForgottenPasswordView, PasswordPageView, ResetPasswordView
from .second_factor_pages import SecondFactorPageView
from .second_factors import ConfirmSecondFactorView, EnrolmentView, SecondFactorView
from .sessions import SessionViewSet
from .sign_ins import SignInPageView
from .tokens import (
    LogoutAllView,
    SignInView,
    TokenBlacklistView,
    TokenRefreshView,
    TokenVerifyView,
)

__all__ = [
    "PasswordPageView",
    "AccountsRootView",
    "ConfirmSecondFactorView",
    "EnrolmentView",
    "ForgottenPasswordView",
    "LogoutAllView",
    "ResetPasswordView",
    "SecondFactorPageView",
    "SecondFactorView",
    "SessionViewSet",
    "SignInPageView",
    "SignInView",
    "TokenBlacklistView",
    "TokenRefreshView",
    "TokenVerifyView",
    "UserViewSet",
    "favicon",
    "home",
]
