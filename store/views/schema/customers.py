from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import NOT_DELETABLE, NOT_FOUND
from storefront.schema.resources import resource_schema

from ...serializers.customers import CustomerSerializer, MyCustomerSerializer
from ...serializers.orders import OrderSerializer
from .reports import REPORT_REFUSED

customer_schema = resource_schema(
    "customers",
    one="a customer",
    many="customers",
    list=extend_schema(
        description="To order them by `orders_count` is limited as a report is.",
        responses={200: CustomerSerializer(many=True), 503: REPORT_REFUSED},
    ),
    destroy=extend_schema(responses={204: None, 405: NOT_DELETABLE}),
    me=extend_schema(methods=["GET"], responses={200: MyCustomerSerializer, 404: NOT_FOUND}),
    history=extend_schema(responses=OrderSerializer(many=True)),
)
