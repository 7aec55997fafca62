from typing import Any

from django.db.models import F

from store.models.promotions import PromotionQuerySet

TAGGED = "promoted_tags__tag__items"


def reaching_by_tag(promotions: PromotionQuerySet, product_ids: Any) -> PromotionQuerySet:
    """Keep the promotions whose tags some of the products carry; each is annotated with which it has `reached`."""
    # By the names of its model: compiled SQL must not keep a key that another database lacks.
    products = {"content_type__app_label": "store", "content_type__model": "product"}
    found = {"object_id__in": product_ids, **products}
    return promotions.filter(
        **{f"{TAGGED}__{name}": value for name, value in found.items()}
    ).annotate(reached=F(f"{TAGGED}__object_id"))
