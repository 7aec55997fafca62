from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_delete, post_save


class StoreCustomConfig(AppConfig):
    name = "store_custom"

    def ready(self) -> None:
        from django.contrib.contenttypes.fields import GenericRelation

        from store.models.versions import invalidate_catalog
        from store.services.transactions import run_last

        # A generic relation makes a model taggable or likeable, and its tags and likes go with it.
        product = apps.get_model("store.Product")
        product.add_to_class("tagged_items", GenericRelation("tags.TaggedItem"))
        product.add_to_class("likes", GenericRelation("likes.LikedItem"))

        def invalidate(**kwargs: Any) -> None:
            """Invalidate the cached catalogue: a product shows its tags."""
            # Once for all that one service writes.
            run_last(invalidate_catalog)

        for model in ("tags.Tag", "tags.TaggedItem"):
            for changed in (post_save, post_delete):
                changed.connect(invalidate, sender=model, weak=False)
        self.connect_history(product)
        self.follow_merges()
        self.connect_webhooks(product)

    def connect_history(self, product: Any) -> None:
        from history.relations import OTHER_RELATIONS

        from . import tagging

        OTHER_RELATIONS[product, tagging.TAGS] = tagging.ProductTags()
        for changed in (post_save, post_delete):
            changed.connect(tagging.record_tagged, sender="tags.TaggedItem")

    def follow_merges(self) -> None:
        from tags.signals import tags_merging

        from .promotions import move_promoted_tags

        tags_merging.connect(move_promoted_tags)

    def connect_webhooks(self, product: Any) -> None:
        from django.db.models.signals import m2m_changed, pre_delete

        from store import signals
        from webhooks.event_types import register_event_types

        from . import webhooks

        register_event_types(webhooks.EVENT_TYPES)
        signals.order_status_changing.connect(webhooks.tell_of_order)
        signals.order_deleting.connect(webhooks.tell_of_deletion)
        signals.products_changing.connect(webhooks.tell_of_products)
        signals.products_changing.connect(webhooks.watch_stock)
        signals.stock_taking.connect(webhooks.tell_of_taken_stock)
        through = product.promotions.through
        m2m_changed.connect(webhooks.tell_of_promotion, sender=through)
        pre_delete.connect(webhooks.tell_of_deleted_promotion, sender="store.Promotion")
