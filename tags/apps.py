from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TagsConfig(AppConfig):
    name = "tags"

    def ready(self) -> None:
        from storefront.unique_keys.filling import fill_keys

        post_migrate.connect(fill_keys, sender=self)
