from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import TOO_MANY
from storefront.schema.resources import resource_schema

from ...serializers.customers import AddressSerializer

address_schema = resource_schema(
    "addresses",
    one="an address",
    many="the addresses of the user",
    create=extend_schema(responses={201: AddressSerializer, 409: TOO_MANY}),
)
