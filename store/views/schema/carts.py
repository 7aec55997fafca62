from drf_spectacular.utils import extend_schema

from storefront.schema.refusals import NOT_FOUND, refused_with
from storefront.schema.resources import resource_schema

from ...exceptions import ProductNotFound, QuantityTooLarge, TooManyLines
from ...serializers.carts import AddCartItemSerializer, CartSerializer

cart_schema = resource_schema(
    "carts",
    one="a cart",
    many="carts",
    me=[
        extend_schema(
            methods=["GET"],
            summary="Read one's own cart",
            description="On whatever device it was filled.",
            responses={200: CartSerializer, **refused_with(NOT_FOUND)},
        ),
        extend_schema(
            methods=["POST"],
            summary="Make one's own cart",
            description="One that is there already answers 200.",
            request=None,
            responses={200: CartSerializer, 201: CartSerializer},
        ),
    ],
    claim=extend_schema(
        summary="Claim a cart",
        description="A guest's cart becomes the user's own, with what their earlier cart holds; "
        "quantities add up. From then on it answers to nobody else.",
        request=None,
        responses={200: CartSerializer, **refused_with(QuantityTooLarge, TooManyLines)},
    ),
)
cart_item_schema = resource_schema(
    "carts",
    one="an item of a cart",
    many="the items of a cart",
    create=extend_schema(
        summary="Add a product to a cart",
        description="The same product again adds up.",
        responses={
            201: AddCartItemSerializer,
            **refused_with(ProductNotFound, QuantityTooLarge, TooManyLines),
        },
    ),
    partial_update=extend_schema(summary="Change the quantity of an item"),
    destroy=extend_schema(summary="Take an item out of a cart"),
)
