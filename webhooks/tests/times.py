"""Spans of time, and deliveries whose time has come."""

from datetime import timedelta

from django.utils import timezone

from webhooks.models import Delivery

HOUR = timedelta(hours=1)


def make_due() -> None:
    Delivery.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
