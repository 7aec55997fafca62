"""What staff are told who may not open a page of the admin: what they lack, and whom to ask for it."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_permission_codename, get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

# Superusers who are named where no STAFF_CONTACTS are.
NAMED = 3
# The last word of a route's name -> what its page lets people do.
VERBS = {
    "changelist": "view",
    "add": "add",
    "change": "view",
    "delete": "delete",
    "history": "view",
}


class PermissionMissing(PermissionDenied):
    """Somebody lacks one of the permissions that a page asks for."""

    def __init__(self, *permissions: str) -> None:
        super().__init__(*permissions)
        self.permissions = permissions


def forbidden_page(site: Any, request: Any, refusal: PermissionDenied) -> HttpResponse:
    """Answer staff who may not do something."""
    asked = getattr(refusal, "permissions", None) or asked_by_route(site, request)
    context = {
        **site.each_context(request),
        "title": "You may not do this",
        "reason": getattr(refusal, "message", ""),
        "missing": names_of([name for name in asked if not request.user.has_perm(name)]),
        "is_known": bool(asked) or request.user.is_superuser,
        "contacts": contacts(),
        "path": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/forbidden.html", context, status=403)


def asked_by_route(site: Any, request: HttpRequest) -> list[str]:
    """Return the permission that the page of a model asks for, by the name of its route; none for other pages."""
    match = request.resolver_match
    start, _, page = (match.url_name or "").rpartition("_") if match else ("", "", "")
    verb = "change" if page == "change" and request.method == "POST" else VERBS.get(page)
    for model in site._registry:
        meta = model._meta
        if verb and start == f"{meta.app_label}_{meta.model_name}":
            return [f"{meta.app_label}.{get_permission_codename(verb, meta)}"]
    return []


def names_of(permissions: list[str]) -> list[str]:
    """Name permissions as the form of an account names them, with what they are about."""
    if not permissions:
        return []
    codenames = [name.partition(".")[2] for name in permissions]
    found = Permission.objects.filter(codename__in=codenames).select_related("content_type")
    names = {f"{each.content_type.app_label}.{each.codename}": each.name for each in found}
    return [names.get(name, name) for name in permissions]


def contacts() -> list[tuple[str, str]]:
    """Return the names and addresses of whom staff ask; not to be shown to others."""
    if settings.STAFF_CONTACTS:
        return [(name or address, address) for name, address in settings.STAFF_CONTACTS]
    people: Any = get_user_model()._default_manager
    superusers = people.filter(is_superuser=True, is_staff=True, is_active=True).order_by("pk")
    return [(user.get_full_name() or user.username, user.email) for user in superusers[:NAMED]]
