from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from .exceptions import TagsChanged
from .models import Tag, TaggedItem
from .signals import tags_merging

retrying: Callable[[Callable[..., Any]], Callable[..., Any]] = import_string(
    settings.RETRYING_TRANSACTION
)
# Tagged objects that one statement changes.
CHUNK = 1000


@retrying
def merge_tags(*, labels: Mapping[int, str], into: int) -> int:
    """Merge tags into one of them and return how many objects got it now.

    `labels` are the tags as they were shown, by id. Raises TagsChanged where they are others by now.
    """
    # Nobody tags an object with one of them until this ends, since that refers to its row.
    tags = {
        tag.pk: tag for tag in Tag.objects.filter(pk__in=labels).order_by("pk").select_for_update()
    }
    if {key: tag.label for key, tag in tags.items()} != dict(labels) or into not in tags:
        raise TagsChanged
    merged = [key for key in tags if key != into]
    moved = sum(move_items(key, into) for key in merged)
    tags_merging.send(sender=Tag, merged=merged, into=tags[into])
    Tag.objects.filter(pk__in=merged).delete()
    return moved


def move_items(source: int, target: int) -> int:
    """Move the objects of a tag to another; those that have that one already keep it."""
    moved = 0
    for content_type, objects in chunks_of(source):
        items = TaggedItem.objects.filter(content_type=content_type, object_id__in=objects)
        there = set(items.filter(tag=target).values_list("object_id", flat=True))
        ours = items.filter(tag=source)
        ours.filter(object_id__in=there).delete()
        moved += ours.exclude(object_id__in=there).update(tag=target)
    return moved


def chunks_of(tag: int) -> Iterator[tuple[int, list[int]]]:
    """Yield the objects of a tag by their type, a bounded number at once."""
    items = TaggedItem.objects.filter(tag=tag).order_by("pk")
    while found := list(items.values_list("content_type", "object_id")[:CHUNK]):
        content_type = found[0][0]
        yield content_type, [key for each, key in found if each == content_type]
