from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils.module_loading import import_string

from .exceptions import TooManyLikes
from .models import LikedItem

retrying: Callable[[Callable[..., Any]], Callable[..., Any]] = import_string(
    settings.RETRYING_TRANSACTION
)


@retrying
def add_like(*, user_id: int, content_type: ContentType, object_id: int) -> tuple[LikedItem, bool]:
    """Return a user's like of an object, and whether it is new; raises TooManyLikes."""
    likes = LikedItem.objects.filter(user_id=user_id)
    same: dict[str, Any] = {"content_type": content_type, "object_id": object_id}
    if found := likes.filter(**same).first():
        return found, False
    lock_user(user_id)
    if likes.count() >= settings.LIKES:
        raise TooManyLikes
    return LikedItem.objects.get_or_create(user_id=user_id, **same)


def lock_user(user_id: int) -> None:
    """Lock a user's row, so that their likes are counted one after another."""
    # Where the database has it, rows that refer to the user, such as those of an order, need not wait.
    no_key = connection.features.has_select_for_no_key_update
    get_user_model()._base_manager.select_for_update(no_key=no_key).get(pk=user_id)
