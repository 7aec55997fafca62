from django.urls import include, path
from rest_framework.routers import SimpleRouter

from .views import (
    AccountsRootView,
    ConfirmSecondFactorView,
    ForgottenPasswordView,
    LogoutAllView,
    ResetPasswordView,
    SecondFactorPageView,
    SecondFactorView,
    SessionViewSet,
    SignInView,
    TokenBlacklistView,
    TokenRefreshView,
    TokenVerifyView,
    UserViewSet,
    favicon,
    home,
)

router = SimpleRouter(use_regex_path=False)
router.register("users", UserViewSet)

auth_urlpatterns = [
    path("", AccountsRootView.as_view(), name="auth-root"),
    *router.urls,
    path(
        "users/me/sessions/",
        SessionViewSet.as_view({"get": "list", "delete": "destroy_others"}),
        name="session-list",
    ),
    path(
        "users/me/sessions/<int:pk>/",
        SessionViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="session-detail",
    ),
    path("users/me/second_factor/", SecondFactorView.as_view(), name="second-factor-own"),
    path(
        "users/me/second_factor/confirm/",
        ConfirmSecondFactorView.as_view(),
        name="second-factor-confirm",
    ),
    path("jwt/create/", SignInView.as_view(), name="jwt-create"),
    path("jwt/refresh/", TokenRefreshView.as_view(), name="jwt-refresh"),
    path("jwt/verify/", TokenVerifyView.as_view(), name="jwt-verify"),
    path("jwt/blacklist/", TokenBlacklistView.as_view(), name="jwt-blacklist"),
    path("jwt/logout_all/", LogoutAllView.as_view(), name="jwt-logout-all"),
]

urlpatterns = [
    path("", home, name="home"),
    path("favicon.ico", favicon, name="favicon"),
    # Before the addresses of the admin's site, to which staff without a second factor do not come.
    path("admin/second_factor/", SecondFactorPageView.as_view(), name="second-factor"),
    # The first one by the name to which Django's page of the sign-in leads.
    path("admin/password_reset/", ForgottenPasswordView.as_view(), name="admin_password_reset"),
    path(
        "admin/password_reset/confirm/",
        ResetPasswordView.as_view(),
        name="admin_password_reset_confirm",
    ),
    path("auth/", include(auth_urlpatterns)),
]
