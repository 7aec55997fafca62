from importlib import import_module

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class StorefrontConfig(AppConfig):
    name = "storefront"

    def ready(self) -> None:
        from store.signals import order_created

        from .character_sets import check_character_sets
        from .metrics.counters import count_order
        from .sequences import advance_migrated_sequences
        from .variables import check_variables

        # Loaded, so that drf-spectacular knows of it.
        import_module("storefront.schema.filters")
        # Loaded with Django, so that shared tasks find their application.
        import_module("storefront.celery")
        order_created.connect(count_order)
        post_migrate.connect(advance_migrated_sequences)
        register(check_character_sets, Tags.database)
        register(check_variables)
