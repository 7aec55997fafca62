from drf_spectacular.utils import extend_schema, extend_schema_view

from storefront.schema.refusals import CODED_ERROR, CONFLICT, NOT_FOUND, RefusalResponse
from storefront.schema.resources import resource_schema

from ...serializers.payments import PaymentSerializer, StartPaymentSerializer

GATEWAY_UNAVAILABLE = RefusalResponse(
    "GatewayUnavailable",
    (CODED_ERROR,),
    "`payment_gateway_unavailable`: nothing is lost, and the request can be sent again.",
)

payment_schema = resource_schema(
    "payments",
    one="a payment",
    many="the payments of an order",
    create=extend_schema(
        request=StartPaymentSerializer,
        responses={201: PaymentSerializer, 409: CONFLICT, 503: GATEWAY_UNAVAILABLE},
    ),
)
webhook_schema = extend_schema_view(
    post=extend_schema(
        tags=["payments"],
        summary="Tell the shop what became of a payment (for the gateway)",
        description="Deliveries are signed; one that comes again, late or in disorder does no harm.",
        request={"application/json": {"type": "object"}},
        # Not there in a shop that takes no payments online.
        responses={200: None, 404: NOT_FOUND},
    )
)
