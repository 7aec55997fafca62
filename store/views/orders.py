from collections.abc import Mapping
from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import status, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from storefront.filters import FilterBackend
from storefront.generics import PatchMixin
from storefront.permissions import holds, staff_with

from ..filters import StableOrderingFilter
from ..headers import idempotency_key
from ..models import Order
from ..models.orders import load_item_images
from ..permissions import permission_to_move
from ..serializers.orders import CreateOrderSerializer, OrderSerializer, UpdateOrderSerializer
from ..services.order_status import BY_PAYMENT_STATUS, change_payment_status
from ..services.orders import delete_order, place_order
from ..staff_filters import OrderFilter, OrderSearchFilter
from .order_papers import OrderPapers
from .order_steps import MAY_CANCEL, MAY_CHANGE, STEPS, OrderSteps
from .schema.orders import order_schema

# To delete an order is to cancel it, too.
STAFF: dict[str, Any] = {
    "PATCH": MAY_CHANGE | MAY_CANCEL,
    "DELETE": staff_with("store.delete_order", *MAY_CANCEL.needs),
}
# Staff who hold one of them write to anybody's order, as far as it goes.
REACHING = [f"store.{verb}_order" for verb in ("view", "change", "cancel", "delete")]


@order_schema
class OrderViewSet(PatchMixin, OrderSteps, OrderPapers, viewsets.ModelViewSet):
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    queryset = Order.objects.all()
    serializer_class = OrderSerializer
    permission_classes = [IsAuthenticated]
    filter_backends = [FilterBackend, OrderSearchFilter, StableOrderingFilter]
    filterset_class = OrderFilter
    search_fields = ["id", "customer__user__username", "customer__user__email"]
    ordering_fields = ["placed_at", "id"]
    ordering = ["-placed_at"]
    rate_scope = "orders"
    lookup_value_converter = "int"

    def get_permissions(self) -> list[Any]:
        if permission := STAFF.get(self.request.method or ""):
            return [permission()]
        return [*super().get_permissions()]

    def get_queryset(self) -> QuerySet[Order]:
        reaching = [] if self.request.method in SAFE_METHODS else REACHING
        orders = Order.objects.visible_to(self.request.user, *reaching)
        return orders.with_items() if self.action in ("list", "retrieve") else orders

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # One order is found by its number, whatever else is asked.
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def get_serializer_class(self) -> type[BaseSerializer]:
        if self.action == "create":
            return CreateOrderSerializer
        if self.action == "partial_update":
            return UpdateOrderSerializer
        # An action brings its own.
        return super().get_serializer_class()

    def create(self, request: Request) -> Response:
        """Place an order from a cart; the same cart again answers 200 with the order it became.

        An order that costs nothing is paid at once.
        """
        key = idempotency_key(request)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        placed = place_order(
            user_id=cast(int, request.user.pk), idempotency_key=key, **serializer.validated_data
        )
        # One that is found comes with them.
        if placed.created and not placed.replayed:
            load_item_images([*placed.order.items.all()])
        return Response(
            OrderSerializer(placed.order, context=self.get_serializer_context()).data,
            status=status.HTTP_201_CREATED if placed.created else status.HTTP_200_OK,
            headers={"Idempotency-Replayed": "true"} if placed.replayed else None,
        )

    def perform_update(self, serializer: BaseSerializer[Order]) -> None:
        if serializer.instance and serializer.validated_data:
            order, payment_status = serializer.instance, serializer.validated_data["payment_status"]
            if not holds(self.request.user, permission_to_move(BY_PAYMENT_STATUS[payment_status])):
                raise PermissionDenied
            serializer.instance = change_payment_status(
                order=order,
                by=self.request.user,
                seen=order.payment_status,
                payment_status=payment_status,
            )

    def changed_elsewhere(self, sent: Mapping[str, Any]) -> dict[str, list[str]]:
        if "status" not in sent:
            return {}
        step = STEPS.get(str(sent["status"]))
        addresses = [
            self.reverse_action(each, kwargs=self.kwargs)
            for each in ([step] if step else STEPS.values())
        ]
        return {"status": [f"A step of an order is a POST to {' or '.join(addresses)}."]}

    def perform_destroy(self, instance: Order) -> None:
        delete_order(order=instance)
