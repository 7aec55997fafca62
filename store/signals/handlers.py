import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from celery.exceptions import OperationalError
from django.apps import apps as current_apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import DEFAULT_DB_ALIAS

from history.models import Change
from storefront.background import Background

from .. import tasks
from ..models import Campaign, Customer, MarketingConsent, ProductImage
from ..models.versions import invalidate_catalog
from ..services import campaigns
from ..services.picture_sizes import make_picture_sizes
from ..services.pictures import remove_unused_file
from ..services.stock_movements import open_stock, record_stock_changes

logger = logging.getLogger(__name__)
# Where no worker is: an upload does not wait for its sizes, which take seconds.
in_background = Background("sizes")


def create_customer_for_new_user(
    instance: AbstractBaseUser, created: bool, raw: bool, using: str, **kwargs: Any
) -> None:
    """Give every new user a customer profile; a fixture (raw) brings its own."""
    if created and not raw:
        Customer.objects.using(using).create(user_id=instance.pk)


def remove_image_file(instance: ProductImage, **kwargs: Any) -> None:
    """Remove the file of a deleted picture unless another row shows the same file."""
    # A roll-back brings the row back; its file must still be there then. And where the storage is away
    # the row has gone all the same: the file that stays behind is logged, not refused.
    remove_unused_file(name=instance.image.name or "", robust=True)


def invalidate_after_promotion_change(action: str, **kwargs: Any) -> None:
    """Invalidate the cached catalogue when the products or collections of a promotion change, in the same transaction."""
    if action.startswith("post_"):
        invalidate_catalog()


def invalidate_after_migrations(using: str, apps: Any = current_apps, **kwargs: Any) -> None:
    """Invalidate the cached catalogue after migrations: their models have plain querysets."""
    is_there = "version" in apps.all_models["store"]
    # Not where the table was migrated back to an earlier state.
    if is_there and using == DEFAULT_DB_ALIAS and has_value(apps.get_model("store.Version")):
        invalidate_catalog()


def has_value(version: Any) -> bool:
    return any(field.name == "value" for field in version._meta.get_fields())


def record_stock(changes: Sequence[Change], **kwargs: Any) -> None:
    """Record the movements of the stock that new and changed products stand for."""
    open_stock(keys=[each.object_id for each in changes if each.kind == Change.Kind.CREATED])
    record_stock_changes(changes=changes)


def withdraw_campaigns(instance: MarketingConsent, **kwargs: Any) -> None:
    """Withdraw the mails of campaigns that wait for a customer who no longer agrees."""
    campaigns.withdraw_from_campaigns(customer_ids=[instance.customer_id])


def send_campaign(campaign: Campaign, **kwargs: Any) -> None:
    """Have a worker queue the mails of a campaign that has started."""
    queue_soon("a campaign", tasks.send_campaign, campaign.pk)


def work_on_import(run_id: int, **kwargs: Any) -> None:
    """Have a worker go on with an import."""
    queue_soon("an import", tasks.work_on_import, run_id)


def refund_payments(**kwargs: Any) -> None:
    """Have a worker give back money that is due."""
    queue_soon("a refund", tasks.refund_payments)


def make_image_sizes(name: str, **kwargs: Any) -> None:
    """Have a worker make the sizes of a picture that was stored; for one that fails there is the command."""
    if settings.STORE_SIZES_IN_BACKGROUND:
        in_background.submit(
            partial(make_picture_sizes, name=name), otherwise=f"{name} has no sizes"
        )
    else:
        queue_soon("the making of sizes", tasks.make_sizes_of_image, name)


def remove_replaced_file(replaced: str, **kwargs: Any) -> None:
    """Remove the file that a row showed before, unless another row still does."""
    remove_unused_file(name=replaced, robust=True)


def queue_soon(what: str, task: Any, *args: Any) -> None:
    """Queue a task; where no broker takes it, a sweep by beat finds what it is for."""
    try:
        task.delay(*args)
    except OperationalError as error:
        logger.warning("No broker takes tasks, %s waits for the sweep: %s", what, error)
