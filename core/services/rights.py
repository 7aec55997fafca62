"""Who may touch whose account: nobody that of somebody who holds a right which they lack."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from store.models import Order, OrderStatus

from ..exceptions import AccountBeyondRights
from ..models import User


def beyond(actor: Any) -> QuerySet[User]:
    """Return the accounts that hold a right which the actor lacks, be they active or not."""
    if actor.is_superuser:
        return User.objects.none()
    if actor.pk is None:
        return User.objects.all()
    # By the rows: Django says of an account that is switched off that it holds nothing.
    held = Permission.objects.filter(Q(user=actor.pk) | Q(group__user=actor.pk))
    lacking = Permission.objects.exclude(pk__in=held.values("pk"))
    return User.objects.filter(
        Q(is_superuser=True)
        | Q(pk__in=lacking.values("user"))
        | Q(pk__in=lacking.values("group__user"))
    )


def is_beyond(actor: Any, user: User) -> bool:
    return beyond(actor).filter(pk=user.pk).exists()


def refuse_beyond(*, actor: Any, users: Iterable[User]) -> None:
    """Raise AccountBeyondRights where one of the accounts holds a right which the actor lacks."""
    if beyond(actor).filter(pk__in=[user.pk for user in users]).exists():
        raise AccountBeyondRights


def may_delete(actor: Any, users: Iterable[User]) -> bool:
    """Tell whether somebody with `delete_user` may delete these: their unpaid orders are cancelled, too."""
    keys = [user.pk for user in users]
    if beyond(actor).filter(pk__in=keys).exists():
        return False
    unpaid = Order.objects.filter(customer__user__in=keys, status=OrderStatus.PENDING)
    return actor.has_perm("store.cancel_order") or not unpaid.exists()
