from typing import cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.permissions import BasePermission, IsAdminUser, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from ..models import Order
from ..serializers.orders import OrderSerializer, PlaceOrderSerializer, UpdateOrderSerializer
from ..services.orders import change_payment_status, delete_order, place_order


class OrderViewSet(viewsets.ModelViewSet):
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    queryset = Order.objects.all()
    lookup_value_converter = "int"

    def get_permissions(self) -> list[BasePermission]:
        if self.request.method in ("PATCH", "DELETE"):
            return [IsAdminUser()]
        return [IsAuthenticated()]

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.visible_to(self.request.user).with_items()

    def get_serializer_class(self) -> type[BaseSerializer]:
        if self.action == "create":
            return PlaceOrderSerializer
        if self.action == "partial_update":
            return UpdateOrderSerializer
        return OrderSerializer

    @extend_schema(responses={200: OrderSerializer, 201: OrderSerializer})
    def create(self, request: Request) -> Response:
        """Place an order from a cart; the same cart again answers 200 with the order it became."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        placed = place_order(user_id=cast(int, request.user.pk), **serializer.validated_data)
        order = Order.objects.with_items().get(pk=placed.order.pk)
        return Response(
            OrderSerializer(order, context=self.get_serializer_context()).data,
            status=status.HTTP_201_CREATED if placed.created else status.HTTP_200_OK,
        )

    def perform_update(self, serializer: BaseSerializer[Order]) -> None:
        if serializer.instance and serializer.validated_data:
            order = serializer.instance
            serializer.instance = change_payment_status(
                order=order, seen=order.payment_status, **serializer.validated_data
            )

    def perform_destroy(self, instance: Order) -> None:
        delete_order(order=instance)
