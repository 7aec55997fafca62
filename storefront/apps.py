from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StorefrontConfig(AppConfig):
    name = "storefront"

    def ready(self) -> None:
        from .sequences import advance_migrated_sequences

        post_migrate.connect(advance_migrated_sequences)
