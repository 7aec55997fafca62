from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from storefront.schema.refusals import refused_with
from storefront.schema.resources import resource_schema

from ...exceptions import (
    AddressNotFound,
    CartChanged,
    CartNotFound,
    EmailUnverified,
    EmptyCart,
    InvoiceNotFound,
    KeyInFlight,
    KeyReused,
    MalformedKey,
    OrderIsInvoiced,
    OrderIsPaid,
    OrderStatusConflict,
    OutOfStock,
    PaymentStatusConflict,
    TooManyKeys,
    TooManyUnpaid,
)
from ...serializers.orders import (
    OrderSerializer,
    OrderStatusChangeSerializer,
    UpdateOrderSerializer,
)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A name of the client's own for this order, a new one for each: sent again within a "
    "day, the request buys nothing twice and is answered as before.",
)
IDEMPOTENCY_REPLAYED = OpenApiParameter(
    "Idempotency-Replayed",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`true` where an earlier request under this key placed the order.",
    enum=["true"],
    response=[200, 201],
)

# In any of these cases the cart and the stock are as before.
ORDER_REFUSALS = (
    CartNotFound,
    EmptyCart,
    AddressNotFound,
    MalformedKey,
    OutOfStock,
    CartChanged,
    EmailUnverified,
    KeyInFlight,
    TooManyKeys,
    TooManyUnpaid,
    KeyReused,
)
# A move to another status returns the order, or is refused by the status that it has.
order_step_schema = extend_schema(
    responses={200: OrderSerializer, **refused_with(OrderStatusConflict)}
)

order_schema = resource_schema(
    "orders",
    one="an order",
    many="orders",
    create=extend_schema(
        description="Prices are those of this moment. The same cart again answers 200 with the "
        "order it became; name an `Idempotency-Key` to have any request sent again answered as "
        "before.",
        parameters=[IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED],
        responses={
            200: OrderSerializer,
            201: OrderSerializer,
            **refused_with(*ORDER_REFUSALS),
        },
    ),
    partial_update=extend_schema(
        summary="Change the payment status of an order",
        description="`P` is pending, `C` paid, `F` cancelled: the stock goes back, or is taken "
        "again. A paid order keeps its payment status.",
        responses={
            200: UpdateOrderSerializer,
            **refused_with(PaymentStatusConflict, OutOfStock),
        },
    ),
    destroy=extend_schema(
        summary="Delete an unpaid order",
        description="Its pieces go back to the stock.",
        responses={204: None, **refused_with(OrderIsPaid, OrderIsInvoiced)},
    ),
    cancel=order_step_schema,
    ship=order_step_schema,
    tracking=order_step_schema,
    deliver=order_step_schema,
    refund=order_step_schema,
    invoice=extend_schema(
        description="A PDF. The shop issues the invoice; a 404 tells that it has not done so yet.",
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            **refused_with(InvoiceNotFound),
        },
    ),
    changes=extend_schema(responses=OrderStatusChangeSerializer(many=True)),
)
