from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_delete, post_save


class StoreCustomConfig(AppConfig):
    name = "store_custom"

    def ready(self) -> None:
        from django.contrib.contenttypes.fields import GenericRelation

        from store.models.versions import invalidate_catalog

        # A generic relation makes a model taggable or likeable, and its tags and likes go with it.
        product = apps.get_model("store.Product")
        product.add_to_class("tagged_items", GenericRelation("tags.TaggedItem"))
        product.add_to_class("likes", GenericRelation("likes.LikedItem"))

        def invalidate(**kwargs: Any) -> None:
            """Invalidate the cached catalogue: a product shows its tags."""
            invalidate_catalog()

        for model in ("tags.Tag", "tags.TaggedItem"):
            for changed in (post_save, post_delete):
                changed.connect(invalidate, sender=model, weak=False)
