from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from storefront.schema.refusals import (
    CODED_ERROR,
    CONFLICT,
    NOT_DELETABLE,
    TEXT,
    Body,
    RefusalResponse,
    code,
    json_object,
)
from storefront.schema.resources import resource_schema

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

SHORTAGE = {name: {"type": "integer"} for name in ("product_id", "requested", "available")}
PRICE = {"type": "number", "description": "With tax."}
OUT_OF_STOCK = Body(
    "OutOfStock",
    json_object(
        detail=TEXT,
        code=code("insufficient_stock"),
        lines={"type": "array", "items": json_object(**SHORTAGE)},
    ),
)
CART_CHANGED = Body("CartChanged", json_object(detail=TEXT, code=code("cart_changed"), total=PRICE))
REFUSED_BY_CODE = Body(
    "OrderRefusedByCode",
    json_object(
        detail=TEXT,
        code={
            "type": "string",
            "enum": [
                "email_unverified",
                "idempotency_key_in_flight",
                "too_many_idempotency_keys",
                "too_many_unpaid",
            ],
        },
    ),
)
ORDER_REFUSED = RefusalResponse(
    "OrderRefused",
    (OUT_OF_STOCK, CART_CHANGED, REFUSED_BY_CODE),
    "`insufficient_stock`, with every line the stock is short of; `cart_changed`, where the total "
    "exceeds the expected one; `idempotency_key_in_flight`, before the first request under the key "
    "is answered; `too_many_unpaid`, where as many orders of the customer wait for their payment as the "
    "shop allows; `too_many_idempotency_keys`, where a user has named as many within a day; `email_unverified`, where it asks for a confirmed address. The cart and the stock are "
    "as before.",
)
KEY_REUSED = RefusalResponse(
    "KeyReused",
    (CODED_ERROR,),
    "`idempotency_key_reused`: the key came with another request.",
)

# A move to another status returns the order, or is refused by the status that it has.
order_step_schema = extend_schema(responses={200: OrderSerializer, 409: CONFLICT})

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
            409: ORDER_REFUSED,
            422: KEY_REUSED,
        },
    ),
    partial_update=extend_schema(
        summary="Change the payment status of an order",
        description="`P` is pending, `C` paid, `F` cancelled: the stock goes back, or is taken "
        "again. A paid order keeps its payment status.",
        responses={200: UpdateOrderSerializer, 409: CONFLICT},
    ),
    destroy=extend_schema(
        summary="Delete an unpaid order",
        description="Its pieces go back to the stock.",
        responses={204: None, 405: NOT_DELETABLE},
    ),
    cancel=order_step_schema,
    ship=order_step_schema,
    deliver=order_step_schema,
    refund=order_step_schema,
    changes=extend_schema(responses=OrderStatusChangeSerializer(many=True)),
)
