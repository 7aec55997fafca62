"""The views of accounts, and the home page; other code imports them from here."""

from .accounts import AccountsRootView, LogoutAllView, SignInView, UserViewSet
from .pages import favicon, home

__all__ = ["AccountsRootView", "LogoutAllView", "SignInView", "UserViewSet", "favicon", "home"]
