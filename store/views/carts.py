from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED

from storefront.converters import ANY_UUID
from storefront.generics import PatchMixin
from storefront.preconditions import PreconditionsMixin

from ..loading import set_loaded
from ..models import Cart, CartItem, Customer
from ..serializers.carts import (
    AddCartItemSerializer,
    CartItemSerializer,
    CartSerializer,
    UpdateCartItemSerializer,
)
from ..services.carts import (
    add_to_cart,
    change_quantity,
    claim_cart,
    delete_cart,
    own_cart,
    remove_from_cart,
)
from .schema.carts import cart_item_schema, cart_schema


@cart_schema
class CartViewSet(
    PreconditionsMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    queryset = Cart.objects.all()
    serializer_class = CartSerializer
    # Who knows the UUID holds the cart, until somebody claims it.
    permission_classes = [AllowAny]
    rate_scope = "carts"
    lookup_value_converter = ANY_UUID

    def get_queryset(self) -> QuerySet[Cart]:
        carts = Cart.objects.visible_to(user_id_of(self.request))
        if self.action == "destroy":
            return carts
        return carts.with_items(Customer.objects.membership_of(self.request.user))

    def perform_create(self, serializer: BaseSerializer[Cart]) -> None:
        set_loaded(serializer.save(), "items", [])

    def perform_destroy(self, instance: Cart) -> None:
        delete_cart(cart=instance, user_id=user_id_of(self.request))

    @action(detail=False, name="My cart", permission_classes=[IsAuthenticated])
    def me(self, request: Request) -> Response:
        """Read the user's own cart, on whatever device it was filled."""
        return self.own(cast(int, request.user.pk))

    @me.mapping.post
    def make_me(self, request: Request) -> Response:
        """Make the user's own cart; one that is there already answers 200."""
        user_id = cast(int, request.user.pk)
        _, is_new = own_cart(user_id=user_id)
        return self.own(user_id, HTTP_201_CREATED if is_new else HTTP_200_OK)

    def own(self, user_id: int, status: int = HTTP_200_OK) -> Response:
        cart = get_object_or_404(self.get_queryset(), user=user_id)
        return Response(self.get_serializer(cart).data, status=status)

    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated])
    def claim(self, request: Request, pk: Any) -> Response:
        """Make a guest's cart the user's own, with what the user's earlier cart holds; quantities add up."""
        claim_cart(cart_id=pk, user_id=cast(int, request.user.pk))
        return Response(self.get_serializer(self.get_object()).data)


@cart_item_schema
class CartItemViewSet(PatchMixin, viewsets.ModelViewSet):
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    queryset = CartItem.objects.all()
    permission_classes = [AllowAny]
    rate_scope = "cart_lines"
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[CartItem]:
        carts = Cart.objects.visible_to(user_id_of(self.request))
        cart = get_object_or_404(carts, pk=self.kwargs["cart_pk"])
        items = CartItem.objects.filter(cart=cart)
        if self.action in ("list", "retrieve"):
            return items.priced_for(Customer.objects.membership_of(self.request.user))
        return items

    def get_serializer_class(self) -> type[BaseSerializer]:
        if self.action == "create":
            return AddCartItemSerializer
        if self.action == "partial_update":
            return UpdateCartItemSerializer
        return CartItemSerializer

    def perform_create(self, serializer: BaseSerializer) -> None:
        serializer.instance = add_to_cart(
            cart_id=self.kwargs["cart_pk"],
            user_id=user_id_of(self.request),
            **serializer.validated_data,
        )

    def perform_update(self, serializer: BaseSerializer[CartItem]) -> None:
        if serializer.instance and serializer.validated_data:
            serializer.instance = change_quantity(
                item=serializer.instance,
                user_id=user_id_of(self.request),
                **serializer.validated_data,
            )

    def perform_destroy(self, instance: CartItem) -> None:
        remove_from_cart(item=instance, user_id=user_id_of(self.request))


def user_id_of(request: Request) -> int | None:
    """Return the id of who asks, None of a visitor."""
    return getattr(request.user, "pk", None)
