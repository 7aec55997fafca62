"""The steps of an order's life, over HTTP."""

from collections.abc import Callable
from typing import Any

from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from storefront.permissions import staff_with

from ..models import Order, OrderStatus
from ..permissions import IsOwnerOrMayCancel, permission_to_move
from ..serializers.orders import (
    OrderSerializer,
    OrderStatusChangeSerializer,
    ReasonSerializer,
    ShipmentSerializer,
    TrackingSerializer,
)
from ..services.order_status import change_order_status
from ..services.shipments import correct_tracking

# Status -> the action that leads to it.
STEPS: dict[str, str] = {
    OrderStatus.CANCELLED: "cancel",
    OrderStatus.SHIPPED: "ship",
    OrderStatus.DELIVERED: "deliver",
    OrderStatus.REFUNDED: "refund",
}
MAY_CHANGE = staff_with(permission_to_move(OrderStatus.SHIPPED))
MAY_CANCEL = staff_with(permission_to_move(OrderStatus.CANCELLED))


def order_step(
    permission_classes: list[type[BasePermission]], serializer_class: Any = ReasonSerializer
) -> Callable[..., Any]:
    """Make a method a POST that moves an order on, and returns the order."""
    return action(
        detail=True,
        methods=["post"],
        serializer_class=serializer_class,
        permission_classes=permission_classes,
    )


class OrderSteps(GenericViewSet[Order]):
    """The actions of the order viewset that move an order on, and the history of these moves."""

    @order_step(permission_classes=[IsOwnerOrMayCancel])
    def cancel(self, request: Request, pk: int) -> Response:
        """Cancel an order of which nothing has shipped; stock and money go back."""
        return self.move(OrderStatus.CANCELLED)

    @order_step(permission_classes=[MAY_CHANGE], serializer_class=ShipmentSerializer)
    def ship(self, request: Request, pk: int) -> Response:
        """Mark a paid order as shipped."""
        return self.move(OrderStatus.SHIPPED)

    @order_step(permission_classes=[MAY_CHANGE], serializer_class=TrackingSerializer)
    def tracking(self, request: Request, pk: int) -> Response:
        """Correct the carrier and the tracking number of a shipped order."""
        order = self.get_object()
        correct_tracking(order=order, by=request.user, **self.sent())
        return self.shown(order)

    @order_step(permission_classes=[MAY_CHANGE])
    def deliver(self, request: Request, pk: int) -> Response:
        """Mark a shipped order as delivered."""
        return self.move(OrderStatus.DELIVERED)

    @order_step(permission_classes=[MAY_CHANGE])
    def refund(self, request: Request, pk: int) -> Response:
        """Give the money for a shipped order back; its pieces stay sold."""
        return self.move(OrderStatus.REFUNDED)

    def move(self, to: str) -> Response:
        order = self.get_object()
        change_order_status(order=order, status=to, by=self.request.user, **self.sent())
        return self.shown(order)

    def sent(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def shown(self, order: Order) -> Response:
        # As it stands now.
        moved = Order.objects.with_items().get(pk=order.pk)
        return Response(OrderSerializer(moved, context=self.get_serializer_context()).data)

    @action(detail=True, serializer_class=OrderStatusChangeSerializer, filter_backends=[])
    def changes(self, request: Request, pk: int) -> Response:
        """List the steps of the order's life, newest first."""
        changes: Any = self.get_object().status_changes.all()
        page = self.paginate_queryset(changes)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
