"""The pages of the admin that belong to no model."""

from typing import Any

from django.contrib.admin import AdminSite
from django.urls import path

from . import dashboard, reports


def urls(site: AdminSite) -> list[Any]:
    """Return the routes that stand before those of the site."""
    return [
        path("", site.admin_view(dashboard.index), name="index"),
        path("reports/", site.admin_view(reports.index), name="reports"),
        path("reports/<slug:name>/", site.admin_view(reports.report), name="report"),
    ]
