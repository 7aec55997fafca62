"""Changes of rights, however they are made, in the security log."""

from typing import Any

from django.contrib.auth.models import Group
from django.db.models.signals import m2m_changed, post_save, pre_save

from storefront.limits.requests import current_request

from ..models import User
from ..security_log import security_event

EVENT = "rights_changed"
FLAGS = ["is_active", "is_staff", "is_superuser"]
CHANGES = {"post_add": "added", "post_remove": "removed", "post_clear": "cleared"}


def connect() -> None:
    pre_save.connect(before_user_saved, sender=User)
    post_save.connect(on_user_saved, sender=User)
    for field in (User.groups, User.user_permissions, Group.permissions):
        m2m_changed.connect(on_rights_changed, sender=field.through)


def before_user_saved(instance: User, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """Keep which rights a save writes; once it has, the row no longer tells."""
    names = instance._assigned if update_fields is None else update_fields
    instance.__dict__["_written_rights"] = sorted({*FLAGS} & {*names})


def on_user_saved(instance: User, created: bool, **kwargs: Any) -> None:
    names = instance.__dict__.pop("_written_rights", [])
    if created:
        names = [name for name in FLAGS[1:] if getattr(instance, name)]
    if names:
        facts: dict[str, Any] = {name: str(getattr(instance, name)) for name in names}
        security_event(EVENT, user_id=instance.pk, by=who_asks(), **facts)


def on_rights_changed(
    instance: Any, action: str, model: Any, pk_set: set[Any] | None, **kwargs: Any
) -> None:
    """Log what was added to or removed from a user or a group, from either side of the relation."""
    # Nothing new was among what was added.
    if action not in CHANGES or pk_set == set():
        return
    of: dict[str, Any] = {f"of_{instance._meta.model_name}": instance.pk, "by": who_asks()}
    keys = ",".join(map(str, sorted(pk_set or ())))
    names: dict[str, Any] = {f"{CHANGES[action]}_{model._meta.model_name}": keys or "all"}
    security_event(EVENT, **of, **names)


def who_asks() -> int | None:
    """Return the id of who sent the request, None of the shell."""
    return getattr(getattr(current_request.get(), "user", None), "pk", None)
