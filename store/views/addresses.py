from typing import cast

from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.serializers import BaseSerializer

from storefront.generics import PatchMixin

from ..models import Address
from ..serializers.customers import AddressSerializer
from ..services.customers import add_address
from .schema.addresses import address_schema


@address_schema
class AddressViewSet(PatchMixin, viewsets.ModelViewSet):
    queryset = Address.objects.all()
    serializer_class = AddressSerializer
    permission_classes = [IsAuthenticated]
    rate_scope = "addresses"
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Address]:
        return super().get_queryset().filter(customer__user_id=self.request.user.pk)

    def perform_create(self, serializer: BaseSerializer[Address]) -> None:
        user_id = cast(int, self.request.user.pk)
        serializer.instance = add_address(user_id=user_id, **serializer.validated_data)
