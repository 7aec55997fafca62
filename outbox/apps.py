from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "outbox"

    def ready(self) -> None:
        from .receivers import send_soon
        from .signals import mail_queued

        mail_queued.connect(send_soon)
