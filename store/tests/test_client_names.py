"""Code of the client's developers finds what their design names, and their tests run as they write them."""

from importlib import import_module

import pytest

DESIGN = {
    "core.serializers": ["UserCreateSerializer", "UserSerializer"],
    "core.signals.handlers": ["on_order_created"],
    "store.pagination": ["DefaultPagination"],
    "store.permissions": ["FullDjangoModelPermissions", "ViewCustomerHistoryPermission"],
    "store.signals": ["order_created"],
    "store.signals.handlers": ["create_customer_for_new_user"],
    "store.validators": ["validate_file_size"],
    "store_custom.admin": ["CustomProductAdmin", "TagInline"],
    "tags.models": ["Tag", "TaggedItem", "TaggedItemManager"],
}


@pytest.mark.parametrize("module", DESIGN)
def test_the_names_of_the_design(module):
    assert set(DESIGN[module]) <= set(dir(import_module(module)))
