from drf_spectacular.utils import extend_schema, extend_schema_view

from storefront.schema.refusals import NOT_FOUND, refused_with
from storefront.schema.resources import resource_schema

from ...exceptions import GatewayUnavailable, NoGateway, OrderNotPayable, WebhookRefused
from ...serializers.payments import PaymentSerializer, StartPaymentSerializer

payment_schema = resource_schema(
    "payments",
    one="a payment",
    many="the payments of an order",
    create=extend_schema(
        request=StartPaymentSerializer,
        responses={
            201: PaymentSerializer,
            **refused_with(NoGateway, OrderNotPayable, GatewayUnavailable),
        },
    ),
)
webhook_schema = extend_schema_view(
    post=extend_schema(
        tags=["payments"],
        summary="Tell the shop what became of a payment (for the gateway)",
        description="Deliveries are signed; one that comes again, late or in disorder does no harm.",
        request={"application/json": {"type": "object"}},
        # Not there in a shop that takes no payments online.
        responses={200: None, **refused_with(WebhookRefused, NOT_FOUND)},
    )
)
