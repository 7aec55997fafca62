from typing import Any

from django.db.models import F

from store.models.promotions import PromotionQuerySet
from store.models.versions import invalidate_catalog
from tags.models import Tag

TAGGED = "promoted_tags__tag__items"


def reaching_by_tag(promotions: PromotionQuerySet, product_ids: Any) -> PromotionQuerySet:
    """Keep the promotions whose tags some of the products carry; each is annotated with which it has `reached`."""
    # By the names of its model: compiled SQL must not keep a key that another database lacks.
    products = {"content_type__app_label": "store", "content_type__model": "product"}
    found = {"object_id__in": product_ids, **products}
    return promotions.filter(
        **{f"{TAGGED}__{name}": value for name, value in found.items()}
    ).annotate(reached=F(f"{TAGGED}__object_id"))


def move_promoted_tags(merged: list[int], into: Tag, **kwargs: Any) -> None:
    """Give the promotions of tags that are merged to the tag that stays, each once."""
    from .models import PromotedTag

    rows = PromotedTag.objects.filter(tag__in=merged)
    promotions = set(rows.values_list("promotion", flat=True))
    there = set(PromotedTag.objects.filter(tag=into).values_list("promotion", flat=True))
    rows.delete()
    PromotedTag.objects.bulk_create(
        [PromotedTag(promotion_id=key, tag=into) for key in sorted(promotions - there)]
    )
    # The products show other tags, too.
    invalidate_catalog()
