from django.db import models

from history.recording import RecordedModel, RecordingMixin
from store.models import Promotion
from store.models.versions import Versioned, VersionedQuerySet
from tags.models import Tag


class PromotedTagQuerySet(RecordingMixin, VersionedQuerySet["PromotedTag"]):
    pass


class PromotedTag(RecordedModel, Versioned):
    """A tag whose products a promotion is for, those that are tagged later too."""

    told_at = "promotion"

    promotion = models.ForeignKey(Promotion, on_delete=models.CASCADE, related_name="promoted_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="promoted_tags")

    objects = PromotedTagQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["promotion", "tag"], name="promotedtag_once_per_tag")
        ]

    def __str__(self) -> str:
        return f"{self.promotion} on {self.tag}"
