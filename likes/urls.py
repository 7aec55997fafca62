from rest_framework.routers import SimpleRouter

from .views import LikedItemViewSet

router = SimpleRouter(use_regex_path=False)
router.register("", LikedItemViewSet)

urlpatterns = router.urls
