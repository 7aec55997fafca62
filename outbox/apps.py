from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "outbox"

    def ready(self) -> None:
        from .signals import mail_queued
        from .signals.handlers import send_soon

        mail_queued.connect(send_soon)
