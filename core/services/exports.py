"""All that is held about a person, for them to read and take along."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet

from history.models import Change
from outbox.recipients import told_of
from store.models import Customer
from store.services.personal_data import held_by_shop

from ..mails import mails_of
from ..models import User
from .sign_ins import sign_ins_of

# What the file is called.
EXPORT = "account.json"
ACCOUNT_FIELDS = [
    *("id", "username", "email", "pending_email", "email_verified_at", "first_name", "last_name"),
    *("date_joined", "last_login", "is_active", "is_staff", "is_superuser"),
]
# Of what refers to the user: the name in the export, the accessor, the fields, and none that signs in.
PARTS: dict[str, tuple[str, list[str]]] = {
    "sessions": (
        "sessions",
        ["id", "created_at", "last_used_at", "expires_at", "user_agent", "network"],
    ),
    "second_factors": ("totpdevice_set", ["name", "confirmed", "created_at", "last_used_at"]),
    "recovery_codes": ("staticdevice_set", ["name", "created_at", "last_used_at"]),
    "tokens": ("outstandingtoken_set", ["created_at", "expires_at"]),
    "likes": ("likes", ["content_type__app_label", "content_type__model", "object_id"]),
    "groups": ("groups", ["name"]),
    "permissions": ("user_permissions", ["content_type__app_label", "codename"]),
    "admin_log": (
        "logentry_set",
        ["action_time", "content_type__app_label", "content_type__model", "object_id"],
    ),
}


def export_account(*, user: User) -> dict[str, Any]:
    """Return all that is held about the person of an account."""
    customers = Customer.objects.filter(user=user).values_list("pk", flat=True)
    return {
        "account": {name: getattr(user, name) for name in ACCOUNT_FIELDS},
        **held_by_shop(user_id=user.pk),
        "mails": told_of(mails_of(user)),
        "changes": [*changes_of(User, [user.pk]), *changes_of(Customer, customers)],
        "sign_in_networks": sign_ins_of(username=user.username),
        **{name: rows_of(user, *part) for name, part in PARTS.items()},
    }


def changes_of(model: type[Model], keys: Iterable[int]) -> list[dict[str, Any]]:
    """Return what is recorded about rows of a person, without who did it."""
    changes = Change.objects.of(model, *keys).order_by("pk")
    return [dict(change) for change in changes.values("changed_at", "kind", "fields")]


def rows_of(user: Model, accessor: str, fields: Iterable[str]) -> list[dict[str, Any]]:
    rows: QuerySet[Any] = getattr(user, accessor).all()
    return list(rows.order_by("pk").values(*fields))
