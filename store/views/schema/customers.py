from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import NOT_DELETABLE, NOT_FOUND
from storefront.schema.resources import resource_schema

from ...serializers.customers import MyCustomerSerializer
from ...serializers.orders import OrderSerializer

customer_schema = resource_schema(
    "customers",
    one="a customer",
    many="customers",
    destroy=extend_schema(responses={204: None, 405: NOT_DELETABLE}),
    me=extend_schema(methods=["GET"], responses={200: MyCustomerSerializer, 404: NOT_FOUND}),
    history=extend_schema(responses=OrderSerializer(many=True)),
)
