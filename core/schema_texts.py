"""The words and tables of the API's OpenAPI document."""

from typing import Any, NamedTuple

OUR_APPS = {"core", "store", "tags", "likes", "store_custom"}


class Resource(NamedTuple):
    tag: str
    one: str
    many: str
    description: str


class Refusal(NamedTuple):
    """A response component: its name, the schema of its body, and when it is given."""

    name: str
    schema: str
    description: str


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
    ("/store/customers/", Resource("customers", "a customer", "customers", "Customer profiles.")),
    (
        "/store/orders/",
        Resource("orders", "an order", "orders", "Orders: customers see their own, staff all."),
    ),
    (
        "/store/reports/",
        Resource("reports", "a report", "reports", "What was sold, added up for staff; CSV too."),
    ),
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
    ("PATCH", "/store/orders/{id}/"): "Change the payment status of an order",
    ("DELETE", "/store/orders/{id}/"): "Cancel an unpaid order",
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
    ("POST", "/store/products/{product_pk}/images/"): "JPEG, PNG or WebP, at most 500 KB.",
    ("POST", "/store/carts/{cart_pk}/items/"): "The same product again adds up.",
    ("DELETE", "/store/orders/{id}/"): "Its pieces go back to the stock.",
}

NOT_FOUND = {("GET", "/store/customers/me/")}
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
    ("POST", "/store/orders/"): "OutOfStock",
    ("PATCH", "/store/orders/{id}/"): "Conflict",
}

REFUSALS = {
    "400": Refusal("BadRequest", "FieldErrors", "The request has errors, told by field."),
    "401": Refusal("Unauthorized", "Error", "Without credentials that work."),
    "403": Refusal("Forbidden", "Error", "Without the right."),
    "404": Refusal("NotFound", "Error", "Not there, or somebody else's."),
    "405": Refusal("NotDeletable", "Refused", "Other rows need this one."),
    "429": Refusal("TooManyRequests", "Error", "Too often; `Retry-After` tells the seconds."),
    "Conflict": Refusal("Conflict", "CodedError", "The state of the row refuses it."),
    "OutOfStock": Refusal(
        "OutOfStock", "OutOfStock", "`insufficient_stock`, with every line the stock is short of."
    ),
}

TEXT = {"type": "string"}
SHORTAGE = {name: {"type": "integer"} for name in ("product_id", "requested", "available")}


def body(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


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
        code={"type": "string", "const": "insufficient_stock"},
        lines={"type": "array", "items": body(**SHORTAGE)},
    ),
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
    "products",
    "collections",
    "reviews",
    "images",
    "carts",
    "orders",
    "customers",
    "reports",
    "tokens",
    "accounts",
    "tags",
    "likes",
]
