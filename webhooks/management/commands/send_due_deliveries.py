import logging
from typing import Any

from django.core.management.base import BaseCommand

from webhooks.services.deliveries import deliver_to, endpoints_due

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Send the webhook deliveries that are due. For cron, where no beat runs."

    def handle(self, **options: Any) -> None:
        endpoint_ids = endpoints_due()
        for endpoint_id in endpoint_ids:
            try:
                while deliver_to(endpoint_id=endpoint_id):
                    continue
            except Exception:
                # One endpoint, as one that is deleted at this moment, must not keep back the others.
                logger.exception("Endpoint %s waits for the next sweep", endpoint_id)
        self.stdout.write(f"Endpoints served: {len(endpoint_ids)}.")
