import logging
from typing import Any

logger = logging.getLogger(__name__)


def on_order_created(order: Any, **kwargs: Any) -> None:
    """Log a placed order: an example of another app that listens to the shop."""
    logger.info("Order %s was placed by customer %s", order.pk, order.customer_id)
