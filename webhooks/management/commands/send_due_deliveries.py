from typing import Any

from django.core.management.base import BaseCommand

from webhooks.services.deliveries import deliver_to, endpoints_due


class Command(BaseCommand):
    help = "Send the webhook deliveries that are due. For cron, where no beat runs."

    def handle(self, **options: Any) -> None:
        endpoint_ids = endpoints_due()
        for endpoint_id in endpoint_ids:
            while deliver_to(endpoint_id=endpoint_id):
                continue
        self.stdout.write(f"Endpoints served: {len(endpoint_ids)}.")
