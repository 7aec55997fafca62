from django.apps import AppConfig, apps


class StoreCustomConfig(AppConfig):
    name = "store_custom"

    def ready(self) -> None:
        from django.contrib.contenttypes.fields import GenericRelation

        # A generic relation makes a model taggable or likeable, and its tags and likes go with it.
        product = apps.get_model("store.Product")
        product.add_to_class("tagged_items", GenericRelation("tags.TaggedItem"))
        product.add_to_class("likes", GenericRelation("likes.LikedItem"))
