from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from storefront.filters import FilterBackend
from storefront.generics import PatchMixin
from storefront.permissions import StaffModelPermissions
from storefront.replicas import read_from_copy

from ..models import Customer, Order
from ..models.customers import CustomerQuerySet
from ..permissions import ViewCustomerHistoryPermission
from ..serializers.customers import (
    CreateCustomerSerializer,
    CustomerSerializer,
    MyCustomerSerializer,
)
from ..serializers.orders import OrderSerializer
from ..services.consent import set_marketing_consent
from ..services.customers import customer_of, delete_customer
from ..services.report_limits import reports as report_place
from ..services.report_limits import statement_limit
from ..staff_filters import CustomerFilter, CustomerOrderingFilter, CustomerSearchFilter
from .schema.customers import customer_schema


@customer_schema
class CustomerViewSet(PatchMixin, viewsets.ModelViewSet):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    permission_classes = [StaffModelPermissions]
    filter_backends = [FilterBackend, CustomerSearchFilter, CustomerOrderingFilter]
    filterset_class = CustomerFilter
    search_fields = [*CustomerQuerySet.NAMES]
    ordering_fields = ["id", "name", "username", "email", "membership", "orders_count"]
    ordering = ["id"]
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Customer]:
        customers = super().get_queryset()
        if self.action == "history":
            return customers
        if self.action == "list":
            # Not joined: MariaDB would sort all customers, whatever index has the order.
            return customers.prefetch_related("user")
        return customers.select_related("user")

    def get_serializer_class(self) -> type:
        if self.action == "create":
            return CreateCustomerSerializer
        # An extra action brings its own.
        return super().get_serializer_class()

    def list(self, request: Request) -> Response:
        if "orders_count" not in request.query_params.get("ordering", ""):
            return super().list(request)
        # Which counts the orders of every customer, as a report does.
        with report_place.taken(), statement_limit(DEFAULT_DB_ALIAS):
            return super().list(request)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # One customer is found by their id, whatever else is asked.
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def perform_destroy(self, instance: Customer) -> None:
        delete_customer(customer=instance)

    @action(
        detail=False,
        name="My profile",
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
        self.if_unchanged(self.write_me)(serializer)
        return Response(serializer.data)

    def write_me(self, serializer: BaseSerializer[Customer]) -> None:
        customer = serializer.instance = customer_of(user_id=cast(int, self.request.user.pk))
        accepts = serializer.validated_data.pop("accepts_marketing", None)
        serializer.save()
        if accepts is not None:
            set_marketing_consent(customer=customer, accepts=accepts)

    def expected_row(self) -> tuple[str, dict[str, Any]]:
        is_own = self.action == "change_me"
        return ("me", {"user": self.request.user.pk}) if is_own else super().expected_row()

    @action(
        detail=True,
        serializer_class=OrderSerializer,
        permission_classes=[ViewCustomerHistoryPermission],
        filter_backends=[],
    )
    def history(self, request: Request, pk: int) -> Response:
        """List the customer's orders, newest first."""
        customer = self.get_object()
        orders = Order.objects.with_items().filter(customer=customer.pk)
        page = read_from_copy(lambda using: self.paginate_queryset(orders.using(using)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
