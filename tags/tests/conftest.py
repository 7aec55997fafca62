from typing import Any

import pytest
from model_bakery import baker

from tags.models import Tag


@pytest.fixture
def product(db: None) -> Any:
    return baker.make("store.Product", title="Lamp", unit_price=10, inventory=1)


@pytest.fixture
def tag(db: None) -> Tag:
    return Tag.objects.create(label="sale")
