from functools import reduce
from operator import or_
from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Coalesce

from storefront.converters import is_key
from storefront.models import PartialUpdateModel
from storefront.unique_keys.fields import UniqueKeyField
from storefront.unique_keys.models import UniqueKeyModel, UniqueKeyQuerySet
from storefront.unique_keys.texts import nfkc_casefold


class TaggedItemManager(models.Manager["TaggedItem"]):
    def get_tags_for(
        self, model: type[models.Model], object_id: Any
    ) -> "models.QuerySet[TaggedItem]":
        """Return the tagged items of one object, each with its tag."""
        content_type = ContentType.objects.get_for_model(model)
        return self.select_related("tag").filter(content_type=content_type, object_id=object_id)

    def objects_tagged(
        self, model: type[models.Model], *names: str
    ) -> "models.QuerySet[TaggedItem, Any]":
        """Return the ids of the model's objects that carry a tag with one of these labels or ids."""
        content_type = ContentType.objects.get_for_model(model)
        tags = Tag.objects.named(*names).order_by().values("pk")
        return self.filter(content_type=content_type, tag__in=tags).values("object_id")


def canonical_label(label: str) -> str:
    """Return what the spellings of one label have in common."""
    return " ".join(nfkc_casefold(label).split())


class TagQuerySet(UniqueKeyQuerySet["Tag"]):
    def named(self, *names: str) -> "TagQuerySet":
        """Keep the tags whose label, in whatever spelling, or id is one of these."""
        ids = [name for name in names if is_key(name)]
        labels = (self.has_text("label", name) for name in names)
        return self.filter(reduce(or_, labels, models.Q(pk__in=ids)))

    def with_items_count(self) -> "TagQuerySet":
        """Annotate each tag with the number of objects that have it."""
        # Per tag, not joined and grouped: a page of tags counts its own objects only.
        items = TaggedItem.objects.filter(tag=models.OuterRef("pk")).order_by().values("tag")
        counted = items.annotate(count=models.Count("pk")).values("count")
        return self.annotate(items_count=Coalesce(models.Subquery(counted), 0))


class Tag(UniqueKeyModel):
    label = models.CharField(
        max_length=255, error_messages={"unique": "A tag with that label already exists."}
    )
    label_key = UniqueKeyField("label", canonical_label)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["label", "id"]
        indexes = [models.Index(fields=["label", "id"], name="tag_label")]

    def __str__(self) -> str:
        return self.label


class TaggedItem(PartialUpdateModel):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="items")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    content_object = GenericForeignKey()

    objects = TaggedItemManager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "tag"], name="taggeditem_once_per_tag"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tag} on {self.content_type.name} {self.object_id}"
