from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import NOT_FOUND, refused_with
from storefront.schema.resources import resource_schema

from ...exceptions import CustomerHasOrders, ReportsBusy, ReportTooSlow
from ...serializers.customers import CustomerSerializer, MyCustomerSerializer
from ...serializers.orders import OrderSerializer

customer_schema = resource_schema(
    "customers",
    one="a customer",
    many="customers",
    list=extend_schema(
        description="To order them by `orders_count` is limited as a report is.",
        responses={
            200: CustomerSerializer(many=True),
            **refused_with(ReportsBusy, ReportTooSlow),
        },
    ),
    destroy=extend_schema(responses={204: None, **refused_with(CustomerHasOrders)}),
    me=extend_schema(
        methods=["GET"], responses={200: MyCustomerSerializer, **refused_with(NOT_FOUND)}
    ),
    history=extend_schema(responses=OrderSerializer(many=True)),
)
