import logging
from typing import Any

from celery.exceptions import OperationalError
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from . import tasks
from .models import Campaign, Customer, ProductImage

logger = logging.getLogger(__name__)


def create_customer(
    instance: AbstractBaseUser, created: bool, raw: bool, using: str, **kwargs: Any
) -> None:
    """Give every new user a customer profile; a fixture (raw) brings its own."""
    if created and not raw:
        Customer.objects.using(using).create(user_id=instance.pk)


def remove_image_file(instance: ProductImage, **kwargs: Any) -> None:
    """Remove the file of a deleted picture unless another row shows the same file."""

    def remove() -> None:
        if instance.image and not ProductImage.objects.filter(image=instance.image.name).exists():
            instance.image.storage.delete(instance.image.name)

    # A roll-back brings the row back; its file must still be there then. And where the storage is away
    # the row has gone all the same: the file that stays behind is logged, not refused.
    transaction.on_commit(remove, robust=True)


def send_campaign(campaign: Campaign, **kwargs: Any) -> None:
    """Have a worker queue the mails; where no broker takes the task, the sweep finds the campaign."""
    try:
        tasks.send_campaign.delay(campaign.pk)
    except OperationalError as error:
        logger.warning("No broker takes tasks, a campaign waits for the sweep: %s", error)


def refund_payments(**kwargs: Any) -> None:
    """Have a worker give money back; where no broker takes the task, the sweep finds the payment."""
    try:
        tasks.refund_payments.delay()
    except OperationalError as error:
        logger.warning("No broker takes tasks, a refund waits for the sweep: %s", error)
