from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from core.views.sign_ins import SignInPageView
from store.views import UnsubscribeView
from storefront.health import views as health
from storefront.metrics import views as metrics
from storefront.schema import views as schema
from storefront.security import contact
from storefront.storage import views as media

admin.site.site_header = "Storefront Admin"
admin.site.site_title = "Storefront"
admin.site.index_title = "Admin Dashboard"

handler400 = "storefront.errors.views.bad_request"
handler404 = "storefront.errors.views.not_found"
handler500 = "storefront.errors.views.server_error"

urlpatterns = [
    path("", include("core.urls")),
    path("store/", include("store.urls")),
    path("unsubscribe/<str:token>/", UnsubscribeView.as_view(), name="unsubscribe"),
    path("tags/", include("tags.urls")),
    path("likes/", include("likes.urls")),
    path("admin/", admin.site.urls),
    # People sign in and out of the browsable API here; the first path stands before that of the library.
    path("api-auth/login/", SignInPageView.as_view()),
    path("api-auth/", include("rest_framework.urls")),
    path("health/live/", health.live, name="health-live"),
    path("health/ready/", health.ready, name="health-ready"),
    path("metrics/", metrics.metrics, name="metrics"),
    path("media/<path:name>", media.serve, name="media"),
    path(".well-known/security.txt", contact.security_txt, name="security-txt"),
    path("api/schema/", schema.SchemaView.as_view(), name="schema"),
    path("api/docs/", schema.DocsView.as_view(), name="docs"),
]

if "debug_toolbar" in settings.INSTALLED_APPS:
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns += debug_toolbar_urls()

if "silk" in settings.INSTALLED_APPS:
    urlpatterns += [path("silk/", include("silk.urls", namespace="silk"))]
