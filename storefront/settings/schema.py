"""The API's OpenAPI document."""

from uuid import UUID

__all__ = ["SPECTACULAR_SETTINGS"]

SPECTACULAR_SETTINGS = {
    "TITLE": "Storefront API",
    "DESCRIPTION": "Catalogue, reviews, carts, customers and orders of an online shop. Every path ends in a slash; "
    "with the suffix `.json` in its place a read is answered in JSON, whatever the client accepts. The types are those of "
    "whole responses: `?fields=id,title` leaves the other fields out of a row of the shop, and of each row of a list of such "
    "(not of reports, facets, suggestions and sessions); `?expand=collection` puts the collection of a product in place of its id.",
    "VERSION": "1.0.0",
    "CONTACT": {"name": "Storefront"},
    "LICENSE": {"name": "All rights reserved", "identifier": "LicenseRef-All-Rights-Reserved"},
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "GET_LIB_DOC_EXCLUDES": "storefront.schema.documents.undocumented_bases",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/favicon.ico",
    # Closed groups: an overview first. The token stays over a reload.
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "docExpansion": "none",
        "persistAuthorization": True,
    },
    "COMPONENT_SPLIT_REQUEST": True,
    # In the order of reading.
    "TAGS": [
        {"name": "shop", "description": "Where everything of the shop is."},
        {"name": "products", "description": "What the shop sells."},
        {"name": "collections", "description": "Products that belong together."},
        {"name": "promotions", "description": "Discounts that run now."},
        {"name": "reviews", "description": "What people say of a product."},
        {"name": "images", "description": "Pictures of a product."},
        {"name": "carts", "description": "Who knows the UUID of a cart holds it."},
        {
            "name": "orders",
            "description": "Orders: customers see their own, staff with `view_order` all.",
        },
        {"name": "payments", "description": "Paying for an order at the gateway of the shop."},
        {"name": "customers", "description": "Customer profiles."},
        {"name": "addresses", "description": "Where a user's orders may go."},
        {
            "name": "reports",
            "description": "What was sold, added up for staff with `view_order`; CSV too.",
        },
        {"name": "tokens", "description": "Signing in and out: access and refresh tokens."},
        {"name": "accounts", "description": "Registration and the user's own account."},
        {"name": "tags", "description": "Labels for products."},
        {"name": "likes", "description": "What a user likes."},
    ],
    # Two resources have a `status`, and a step of an order has two of them.
    "ENUM_NAME_OVERRIDES": {
        "OrderStatusEnum": "store.models.OrderStatus",
        "PaymentProgressEnum": "store.models.PaymentStatus",
    },
    # Programs send a token; the session of the browsable API needs no word.
    "AUTHENTICATION_WHITELIST": ["core.authentication.ShopJWTAuthentication"],
    "PATH_CONVERTER_OVERRIDES": {"any_uuid": UUID},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "storefront.schema.hooks.name_servers",
        "storefront.schema.hooks.convert_nullable",
        "storefront.schema.hooks.enumerate_codes",
        "storefront.schema.hooks.drop_unused",
        "storefront.schema.hooks.require_what_is_sent",
        "storefront.schema.hooks.bound_numbers",
        "storefront.schema.hooks.add_examples",
        "storefront.schema.hooks.add_links",
    ],
}
