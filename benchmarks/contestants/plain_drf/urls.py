from django.urls import include, path
from rest_framework.routers import DefaultRouter

from .views import ProductViewSet, do_nothing, sign_in

router = DefaultRouter()
router.register("products", ProductViewSet)

urlpatterns = [
    path("store/", include(router.urls)),
    path("nothing/", do_nothing),
    path("auth/jwt/create/", sign_in),
]
