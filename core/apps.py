from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from store.signals import order_created
        from storefront.unique_keys.filling import fill_keys

        from .groups import restore_groups
        from .signals import password_changed, rights
        from .signals.handlers import on_order_created, on_user_logged_in, tell_of_password

        order_created.connect(on_order_created)
        user_logged_in.connect(on_user_logged_in)
        password_changed.connect(tell_of_password)
        rights.connect()
        post_migrate.connect(fill_keys, sender=self)
        # The last whose permissions the groups hold.
        post_migrate.connect(restore_groups, sender=apps.get_app_config("tags"))
