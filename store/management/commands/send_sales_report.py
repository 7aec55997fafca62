from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from store.services.report_mails import queue_sales_report


class Command(BaseCommand):
    help = (
        "Queue the sales of last week to ADMINS; run again in the same week it queues nothing. "
        "For cron, where no beat runs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = queue_sales_report(today=timezone.now().date())
        self.stdout.write(f"Mails queued: {count}.")
