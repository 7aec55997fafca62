"""Code of the client's developers finds what their design names, and their tests run as they write them."""

import inspect
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from rest_framework.test import APIRequestFactory, force_authenticate

from store.permissions import FullDjangoModelPermissions
from store.views import CollectionViewSet

DESIGN = {
    "core.admin": "UserAdmin",
    "core.models": "User",
    "core.serializers": "UserCreateSerializer UserSerializer",
    "core.signals.handlers": "on_order_created",
    "likes.models": "LikedItem",
    "store.admin": "CollectionAdmin CustomerAdmin InventoryFilter OrderAdmin OrderItemInline ProductAdmin "
    "ProductImageInline",
    "store.filters": "ProductFilter",
    "store.models": "Address Cart CartItem Collection Customer Order OrderItem Product ProductImage Promotion "
    "Review",
    "store.pagination": "DefaultPagination",
    "store.permissions": "FullDjangoModelPermissions IsAdminOrReadOnly ViewCustomerHistoryPermission",
    "store.serializers": "AddCartItemSerializer CartItemSerializer CartSerializer CollectionSerializer "
    "CreateOrderSerializer CustomerSerializer OrderItemSerializer OrderSerializer ProductImageSerializer "
    "ProductSerializer ReviewSerializer SimpleProductSerializer UpdateCartItemSerializer UpdateOrderSerializer",
    "store.signals": "order_created",
    "store.signals.handlers": "create_customer_for_new_user",
    "store.validators": "validate_file_size",
    "store.views": "CartItemViewSet CartViewSet CollectionViewSet CustomerViewSet OrderViewSet "
    "ProductImageViewSet ProductViewSet ReviewViewSet",
    "store_custom.admin": "CustomProductAdmin TagInline",
    "tags.models": "Tag TaggedItem TaggedItemManager",
}


@pytest.mark.parametrize("module", DESIGN)
def test_the_names_of_the_design(module):
    assert set(DESIGN[module].split()) <= set(dir(import_module(module)))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("core.views", ("ViewSet", "View")),
        ("store.serializers", ("Serializer", "Field")),
        ("store.views", ("ViewSet", "View")),
        ("store.admin", ("Admin", "Inline", "Filter", "Form")),
    ],
)
def test_a_package_gives_the_classes_of_its_modules(name, kinds):
    package = import_module(name)
    modules = [import_module(f"{name}.{each.name}") for each in iter_modules(package.__path__)]
    written = {
        each.__name__
        for module in modules
        for each in vars(module).values()
        if inspect.isclass(each) and each.__module__ == module.__name__
    }
    assert {each for each in written if each.endswith(kinds)} <= set(package.__all__)
    assert {each for each in package.__all__ if not hasattr(package, each)} == set()


@pytest.mark.parametrize("method", ["get", "head"])
def test_full_permissions_ask_for_the_right_to_view(method, sign_in):
    class FullCollectionViewSet(CollectionViewSet):
        permission_classes = [FullDjangoModelPermissions]

    def status_of(user):
        request = getattr(APIRequestFactory(), method)("/")
        force_authenticate(request, user)
        return FullCollectionViewSet.as_view({"get": "list"})(request).status_code

    user = sign_in(is_staff=True)
    assert status_of(user) == 403
    user.user_permissions.add(Permission.objects.get(codename="view_collection"))
    assert status_of(get_user_model().objects.get(pk=user.pk)) == 200
