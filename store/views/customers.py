from typing import cast

from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from storefront.generics import PatchMixin
from storefront.permissions import StaffModelPermissions
from storefront.replicas import read_from_copy

from ..models import Customer, Order
from ..permissions import ViewCustomerHistoryPermission
from ..serializers.customers import (
    CreateCustomerSerializer,
    CustomerSerializer,
    MyCustomerSerializer,
)
from ..serializers.orders import OrderSerializer
from ..services.customers import customer_of, delete_customer
from .schema.customers import customer_schema


@customer_schema
class CustomerViewSet(PatchMixin, viewsets.ModelViewSet):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    permission_classes = [StaffModelPermissions]
    lookup_value_converter = "int"

    def get_serializer_class(self) -> type:
        if self.action == "create":
            return CreateCustomerSerializer
        # An extra action brings its own.
        return super().get_serializer_class()

    def perform_destroy(self, instance: Customer) -> None:
        delete_customer(customer=instance)

    @action(
        detail=False,
        serializer_class=MyCustomerSerializer,
        permission_classes=[IsAuthenticated],
    )
    def me(self, request: Request) -> Response:
        """Return the signed-in user's own profile."""
        customer = get_object_or_404(Customer, user=request.user)
        return Response(self.get_serializer(customer).data)

    @me.mapping.put
    def change_me(self, request: Request) -> Response:
        """Change the signed-in user's own profile; one that is missing is made."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.instance = customer_of(user_id=cast(int, request.user.pk))
        serializer.save()
        return Response(serializer.data)

    @action(
        detail=True,
        serializer_class=OrderSerializer,
        permission_classes=[ViewCustomerHistoryPermission],
    )
    def history(self, request: Request, pk: int) -> Response:
        """List the customer's orders, newest first."""
        customer = self.get_object()
        orders = Order.objects.with_items().filter(customer=customer.pk)
        page = read_from_copy(lambda using: self.paginate_queryset(orders.using(using)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
