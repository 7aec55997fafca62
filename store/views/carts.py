from django.db.models import QuerySet
from rest_framework import mixins, viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny
from rest_framework.serializers import BaseSerializer

from ..models import Cart, CartItem
from ..serializers.carts import (
    AddCartItemSerializer,
    CartItemSerializer,
    CartSerializer,
    UpdateCartItemSerializer,
)
from ..services.carts import add_to_cart, change_quantity, delete_cart, remove_from_cart


class CartViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    queryset = Cart.objects.with_items()
    serializer_class = CartSerializer
    # Who knows the UUID holds the cart.
    permission_classes = [AllowAny]
    lookup_value_converter = "uuid"

    def perform_destroy(self, instance: Cart) -> None:
        delete_cart(cart=instance)


class CartItemViewSet(viewsets.ModelViewSet):
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    queryset = CartItem.objects.select_related("product")
    permission_classes = [AllowAny]
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[CartItem]:
        cart = get_object_or_404(Cart, pk=self.kwargs["cart_pk"])
        return super().get_queryset().filter(cart=cart)

    def get_serializer_class(self) -> type[BaseSerializer]:
        if self.action == "create":
            return AddCartItemSerializer
        if self.action == "partial_update":
            return UpdateCartItemSerializer
        return CartItemSerializer

    def perform_create(self, serializer: BaseSerializer) -> None:
        serializer.instance = add_to_cart(
            cart_id=self.kwargs["cart_pk"], **serializer.validated_data
        )

    def perform_update(self, serializer: BaseSerializer[CartItem]) -> None:
        if serializer.instance and serializer.validated_data:
            serializer.instance = change_quantity(
                item=serializer.instance, **serializer.validated_data
            )

    def perform_destroy(self, instance: CartItem) -> None:
        remove_from_cart(item=instance)
