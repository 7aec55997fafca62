"""The words and tables of the API's OpenAPI document."""

from typing import Any, NamedTuple

from store.pictures.formats import accepted_titles

OUR_APPS = {"core", "store", "tags", "likes", "store_custom"}


class Resource(NamedTuple):
    tag: str
    one: str
    many: str
    description: str


class Refusal(NamedTuple):
    """A response component: its name, the schemas that its body may have, and when it is given."""

    name: str
    schemas: list[str]
    description: str


PAYMENTS = "Paying for an order at the gateway of the shop."
# The first prefix that fits a path decides.
RESOURCES = [
    (
        "/auth/jwt/",
        Resource("tokens", "a token", "tokens", "Signing in and out: access and refresh tokens."),
    ),
    ("/auth/", Resource("accounts", "a user", "users", "Registration and the user's own account.")),
    (
        "/store/products/{product_pk}/reviews/",
        Resource(
            "reviews", "a review", "the reviews of a product", "What people say of a product."
        ),
    ),
    (
        "/store/products/{product_pk}/images/",
        Resource("images", "an image", "the images of a product", "Pictures of a product."),
    ),
    ("/store/products/", Resource("products", "a product", "products", "What the shop sells.")),
    (
        "/store/collections/",
        Resource("collections", "a collection", "collections", "Products that belong together."),
    ),
    (
        "/store/carts/{cart_pk}/items/",
        Resource("carts", "an item of a cart", "the items of a cart", ""),
    ),
    (
        "/store/carts/",
        Resource("carts", "a cart", "carts", "Who knows the UUID of a cart holds it."),
    ),
    (
        "/store/customers/me/addresses/",
        Resource(
            "addresses", "an address", "the addresses of the user", "Where a user's orders may go."
        ),
    ),
    ("/store/customers/", Resource("customers", "a customer", "customers", "Customer profiles.")),
    (
        "/store/orders/{order_pk}/payments/",
        Resource("payments", "a payment", "the payments of an order", PAYMENTS),
    ),
    (
        "/store/payments/",
        Resource("payments", "a payment", "payments", PAYMENTS),
    ),
    (
        "/store/orders/",
        Resource("orders", "an order", "orders", "Orders: customers see their own, staff all."),
    ),
    (
        "/store/reports/",
        Resource("reports", "a report", "reports", "What was sold, added up for staff; CSV too."),
    ),
    ("/store/", Resource("shop", "the shop", "the shop", "Where everything of the shop is.")),
    ("/tags/items/", Resource("tags", "a tagged object", "tagged objects", "")),
    ("/tags/", Resource("tags", "a tag", "tags", "Labels for products.")),
    ("/likes/", Resource("likes", "a like", "the likes of the user", "What a user likes.")),
]


def resource_named_by(path: str) -> Resource:
    """Return what the last word of a path calls a resource that has no entry above."""
    plural = [part for part in path.strip("/").split("/") if "{" not in part][-1]
    return Resource(plural, f"one of the {plural}", plural, "")


VERBS = {
    "list": "List {many}",
    "create": "Create {one}",
    "retrieve": "Read {one}",
    "update": "Replace {one}",
    "partial_update": "Change {one}",
    "destroy": "Delete {one}",
}

# Of djoser's actions that answer 204.
ACCOUNT_ACTIONS = {
    "activation": "Activate an account with the codes of a mail",
    "resend_activation": "Mail the activation codes again",
    "set_password": "Change the own password",
    "reset_password": "Mail a link to set a new password",
    "reset_password_confirm": "Set a new password with the codes of the mail",
    "set_username": "Change the own name to sign in",
    "reset_username": "Mail a link to set a new name to sign in",
    "reset_username_confirm": "Set a new name to sign in with the codes of the mail",
}
SUMMARIES = {
    ("GET", "/auth/"): "List the addresses of the accounts",
    ("GET", "/store/"): "List the addresses of the shop",
    ("GET", "/store/reports/"): "List the addresses of the reports",
    ("POST", "/auth/users/"): "Register",
    ("GET", "/auth/users/me/"): "Read the own account",
    ("PUT", "/auth/users/me/"): "Replace the own account",
    ("PATCH", "/auth/users/me/"): "Change the own account",
    ("DELETE", "/auth/users/me/"): "Delete the own account",
    ("POST", "/auth/jwt/create/"): "Sign in",
    ("POST", "/auth/jwt/refresh/"): "Get a new access token",
    ("POST", "/auth/jwt/verify/"): "Check a token",
    ("POST", "/auth/jwt/blacklist/"): "Sign out",
    ("POST", "/auth/jwt/logout_all/"): "Sign out everywhere",
    ("POST", "/store/carts/{cart_pk}/items/"): "Add a product to a cart",
    ("PATCH", "/store/carts/{cart_pk}/items/{id}/"): "Change the quantity of an item",
    ("DELETE", "/store/carts/{cart_pk}/items/{id}/"): "Take an item out of a cart",
    ("POST", "/store/carts/{id}/claim/"): "Claim a cart",
    ("PATCH", "/store/orders/{id}/"): "Change the payment status of an order",
    ("DELETE", "/store/orders/{id}/"): "Delete an unpaid order",
    ("DELETE", "/tags/items/{id}/"): "Take a tag off an object",
    ("DELETE", "/likes/{id}/"): "Take a like back",
}
DESCRIPTIONS = {
    ("POST", "/auth/users/"): "A customer profile is made along.",
    (
        "POST",
        "/auth/jwt/create/",
    ): "Send the access token along as `Authorization: JWT <access token>`.",
    ("POST", "/auth/jwt/blacklist/"): "The refresh token works no more.",
    ("DELETE", "/auth/users/me/"): "Needs the `current_password`.",
    ("DELETE", "/auth/users/{id}/"): "Needs the `current_password` of who asks.",
    ("POST", "/store/products/{product_pk}/images/"): f"{accepted_titles()}, at most "
    "500 KB. It is stored without metadata, such as where it was taken.",
    ("POST", "/store/carts/{cart_pk}/items/"): "The same product again adds up.",
    ("POST", "/store/carts/{id}/claim/"): "A guest's cart becomes the user's own, with what their "
    "earlier cart holds; quantities add up. From then on it answers to nobody else.",
    (
        "POST",
        "/store/orders/",
    ): "Prices are those of this moment. The same cart again answers 200 with "
    "the order it became; name an `Idempotency-Key` to have any request sent again answered as before.",
    (
        "PATCH",
        "/store/orders/{id}/",
    ): "`P` is pending, `C` paid, `F` cancelled: the stock goes back, or "
    "is taken again. A paid order keeps its payment status.",
    ("DELETE", "/store/orders/{id}/"): "Its pieces go back to the stock.",
    ("POST", "/store/payments/webhook/"): "Deliveries are signed; one that comes again, late or in "
    "disorder does no harm.",
}

NOT_FOUND = {
    ("GET", "/store/customers/me/"),
    # Where the shop takes no payments online.
    ("POST", "/store/payments/webhook/"),
}
# Looks at the signature of the body, and at no credentials.
SIGNED = {("POST", "/store/payments/webhook/")}
# Refused by a rule, where there is no body that could be wrong.
BAD_REQUESTS = {("POST", "/store/carts/{id}/claim/")}
NOT_DELETABLE = {
    ("DELETE", path)
    for path in (
        "/store/products/{id}/",
        "/store/collections/{id}/",
        "/store/customers/{id}/",
        "/store/orders/{id}/",
        "/auth/users/me/",
        "/auth/users/{id}/",
    )
}
DELETED_WITH_PASSWORD = {("DELETE", "/auth/users/me/"), ("DELETE", "/auth/users/{id}/")}
CONFLICTS = {
    ("POST", "/store/orders/"): "OrderRefused",
    ("PATCH", "/store/orders/{id}/"): "Conflict",
    **{
        ("POST", f"/store/orders/{{id}}/{step}/"): "Conflict"
        for step in ("cancel", "ship", "deliver", "refund")
    },
    ("POST", "/store/orders/{order_pk}/payments/"): "Conflict",
}
KEYED = {("POST", "/store/orders/")}
ASKS_GATEWAY = {("POST", "/store/orders/{order_pk}/payments/")}

REFUSALS = {
    "400": Refusal("BadRequest", ["FieldErrors"], "The request has errors, told by field."),
    "401": Refusal("Unauthorized", ["Error"], "Without credentials that work."),
    "403": Refusal("Forbidden", ["Error"], "Without the right."),
    "404": Refusal("NotFound", ["Error"], "Not there, or somebody else's."),
    "405": Refusal("NotDeletable", ["Refused"], "Other rows need this one."),
    "422": Refusal(
        "KeyReused", ["CodedError"], "`idempotency_key_reused`: the key came with another request."
    ),
    "429": Refusal("TooManyRequests", ["Error"], "Too often; `Retry-After` tells the seconds."),
    "503": Refusal(
        "GatewayUnavailable",
        ["CodedError"],
        "`payment_gateway_unavailable`: nothing is lost, and the request can be sent again.",
    ),
    "Conflict": Refusal("Conflict", ["CodedError"], "The state of the row refuses it."),
    "OrderRefused": Refusal(
        "OrderRefused",
        ["OutOfStock", "CartChanged", "KeyInFlight"],
        "`insufficient_stock`, with every line the stock is short of; `cart_changed`, where the total "
        "exceeds the expected one; `idempotency_key_in_flight`, before the first request under the key "
        "is answered. The cart and the stock are as before.",
    ),
}

TEXT = {"type": "string"}
PRICE = {"type": "number", "description": "With tax."}
SHORTAGE = {name: {"type": "integer"} for name in ("product_id", "requested", "available")}


def body(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def code(name: str) -> dict[str, Any]:
    return {"type": "string", "const": name}


CURRENT_PASSWORD = {
    "content": {"application/json": {"schema": body(current_password=TEXT)}},
    "required": True,
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Error": {**body(detail=TEXT), "description": "A `code` comes along with some."},
    "CodedError": body(detail=TEXT, code=TEXT),
    "Refused": body(error=TEXT, code=TEXT),
    "OutOfStock": body(
        detail=TEXT,
        code=code("insufficient_stock"),
        lines={"type": "array", "items": body(**SHORTAGE)},
    ),
    "CartChanged": body(detail=TEXT, code=code("cart_changed"), total=PRICE),
    "KeyInFlight": body(detail=TEXT, code=code("idempotency_key_in_flight")),
    "FieldErrors": {
        "type": "object",
        "description": "The errors of each field, or of none (`non_field_errors`); a request that "
        "cannot be read has a `detail`, a refusal of the shop a `code`.",
        "properties": {"detail": TEXT, "code": TEXT},
        "additionalProperties": {"type": "array", "items": TEXT},
    },
    "Problem": {
        **body(type=TEXT, title=TEXT, status={"type": "integer"}, detail=TEXT),
        "description": "Problem details (RFC 9457), for who accepts them.",
        "additionalProperties": True,
    },
}

TAG_ORDER = [
    "shop",
    "products",
    "collections",
    "reviews",
    "images",
    "carts",
    "orders",
    "payments",
    "customers",
    "addresses",
    "reports",
    "tokens",
    "accounts",
    "tags",
    "likes",
]
