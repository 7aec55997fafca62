from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import refused_with
from storefront.schema.resources import resource_schema

from ...exceptions import TooManyAddresses
from ...serializers.customers import AddressSerializer

address_schema = resource_schema(
    "addresses",
    one="an address",
    many="the addresses of the user",
    create=extend_schema(responses={201: AddressSerializer, **refused_with(TooManyAddresses)}),
)
