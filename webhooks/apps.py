from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"

    def ready(self) -> None:
        from .signals import deliveries_due
        from .signals.handlers import deliver_soon

        deliveries_due.connect(deliver_soon)
