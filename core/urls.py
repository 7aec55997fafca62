from django.urls import include, path
from rest_framework.routers import SimpleRouter
from rest_framework_simplejwt.views import (
    TokenBlacklistView,
    TokenRefreshView,
    TokenVerifyView,
)

from .views import accounts, pages

router = SimpleRouter(use_regex_path=False)
router.register("users", accounts.UserViewSet)

auth_urlpatterns = [
    path("", accounts.AccountsRootView.as_view(), name="auth-root"),
    *router.urls,
    path("jwt/create/", accounts.SignInView.as_view(), name="jwt-create"),
    path("jwt/refresh/", TokenRefreshView.as_view(), name="jwt-refresh"),
    path("jwt/verify/", TokenVerifyView.as_view(), name="jwt-verify"),
    path("jwt/blacklist/", TokenBlacklistView.as_view(), name="jwt-blacklist"),
    path("jwt/logout_all/", accounts.LogoutAllView.as_view(), name="jwt-logout-all"),
]

urlpatterns = [
    path("", pages.home, name="home"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("auth/", include(auth_urlpatterns)),
]
