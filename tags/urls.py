from rest_framework.routers import SimpleRouter

from .views import TaggedItemViewSet, TagViewSet

router = SimpleRouter(use_regex_path=False)
router.register("items", TaggedItemViewSet)
router.register("", TagViewSet)

urlpatterns = router.urls
