from typing import Any

from django.apps import apps
from django.urls import include, path

oscar: Any = apps.get_app_config("oscar")

urlpatterns = [
    path("api/", include("oscarapi.urls")),
    path("", include(oscar.urls[0])),
]
