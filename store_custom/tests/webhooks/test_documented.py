"""docs/webhooks.md tells of each event, with an example of what is sent."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from store.models import Product
from store.services.order_status import change_order_status
from store.services.orders import delete_order
from store_custom.webhooks import EVENT_TYPES

from .recorded import told

DOCUMENT = Path(settings.BASE_DIR, "docs", "webhooks.md").read_text()
EXAMPLES = {
    example["type"]: example["data"]
    for example in map(json.loads, re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL))
}


def shape(value):
    """Return a value with the kinds of its parts in their place."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])]
    return type(value)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_each_event_is_told_of(event_type):
    assert f"`{event_type}`" in DOCUMENT


@pytest.mark.django_db
def test_each_example_is_as_it_is_sent(product, buy, endpoint):
    order, unpaid = buy(product), buy(product, 45)
    for status in ("paid", "shipped"):
        change_order_status(order=order, status=status)
    delete_order(order=unpaid)
    Product.objects.filter(pk=product.pk).update(unit_price=9)
    sent = dict(told())
    assert set(EXAMPLES) == {"order.shipped", "order.deleted", "product.changed", "stock.low"}
    for event_type, example in EXAMPLES.items():
        assert shape(sent[event_type]) == shape(example)
