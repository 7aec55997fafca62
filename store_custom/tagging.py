"""The tags of products, as the history tells of them and takes them back."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType

from history.models import Change
from history.origins import is_recording
from history.recording import save_changes
from store.models import Product
from store.models.versions import invalidate_catalog
from tags.models import TaggedItem

# Under which the history tells of them.
TAGS = "tags"


class ProductTags:
    """Which tags products carry, written in one statement for many products."""

    def present(self, keys: Collection[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        items = self._items().filter(object_id__in=keys)
        for key, tag in items.values_list("object_id", "tag_id"):
            found[key].add(tag)
        return found

    def add(self, value: int, keys: Collection[int]) -> None:
        content_type = ContentType.objects.get_for_model(Product)
        tagged = {
            *self._items().filter(tag=value, object_id__in=keys).values_list("object_id", flat=True)
        }
        added = [key for key in keys if key not in tagged]
        TaggedItem.objects.bulk_create(
            TaggedItem(tag_id=value, content_type=content_type, object_id=key) for key in added
        )
        record_tags(added, [[], [value]])
        invalidate_catalog()

    def remove(self, value: int, keys: Collection[int]) -> None:
        items = self._items().filter(tag=value, object_id__in=keys)
        removed = list(items.values_list("object_id", flat=True))
        # Each would be told alone, and would invalidate the catalogue alone.
        items._raw_delete(items.db)
        record_tags(removed, [[value], []])
        invalidate_catalog()

    def _items(self) -> Any:
        content_type = ContentType.objects.get_for_model(Product)
        return TaggedItem.objects.filter(content_type=content_type).order_by("pk")


def record_tags(keys: Iterable[int], pair: list[list[int]]) -> None:
    """Record at products which tags they lost and gained."""
    changes = [Change(object_id=key, kind=Change.Kind.UPDATED, fields={TAGS: pair}) for key in keys]
    save_changes(Product, "default", changes)


def record_tagged(instance: TaggedItem, created: bool = False, **kwargs: Any) -> None:
    """Record at its product that a tag was added (`created`), or taken away."""
    if kwargs.get("raw") or ("update_fields" in kwargs and not created):
        # Loaded with its shop, or saved again.
        return
    is_product = instance.content_type_id == ContentType.objects.get_for_model(Product).pk
    if is_product and is_recording():
        tag = [instance.tag_id]
        record_tags([instance.object_id], [[], tag] if created else [tag, []])
