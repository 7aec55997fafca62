"""Every endpoint of the API with a body it accepts; what stands in braces is an id of the world fixture."""

REGISTRATION = {
    "username": "bob",
    "password": "a-Str0ng-one",
    "email": "bob@example.com",
    "first_name": "Bob",
    "last_name": "Builder",
}
PROFILE = {
    "email": "new@example.com",
    "first_name": "Ann",
    "last_name": "Lee",
    "current_password": "a-Str0ng-one",
}
RESET = {"uid": "{uid}", "token": "{reset_token}"}
RENAMING = {"uid": "{uid}", "token": "{rename_token}"}
CONFIRMATION = {"uid": "{uid}", "token": "{verify_token}"}
PASSWORDS = {"current_password": "a-Str0ng-one", "new_password": "an0ther-Str0ng-one"}
PRODUCT = {
    "title": "Lamp",
    "description": "Lights up.",
    "slug": "lamp",
    "inventory": 3,
    "unit_price": 9.99,
    "collection": "{collection}",
}
REVIEW = {"name": "Ann", "description": "Good.", "rating": 5}
PICTURE = {"alt": "A lamp, lit", "position": 2}
CUSTOMER = {"phone": "555", "birth_date": "1990-01-31", "membership": "B"}
ADDED_ITEM = {"product_id": "{product}", "quantity": 2}
ADDRESS = {"street": "1 Main St", "city": "Springfield", "zip": "12345"}
GENERIC = {"content_type": "store.product", "object_id": "{product}"}
PLACED_ORDER = {
    "cart_id": "{cart}",
    "expected_total": 999,
    "shipping_address_id": "{address}",
}
REASON = {"reason": "Torn."}
TRACKING = {"carrier": "DHL", "tracking_number": "00340434"}


# Path -> method -> body; None where the method takes no body.
REPORTS = [
    "sales",
    "best_sellers",
    "best_customers",
    "customers",
    "prices",
    "ever_sold",
    "never_sold",
    "low_stock",
    "average_order",
    "by_collection",
    "by_membership",
]
ROUTES: dict[str, dict[str, dict[str, object] | None]] = {
    "/auth/": {"get": None},
    "/auth/users/": {"get": None, "post": REGISTRATION},
    "/auth/users/{user}/": {
        "get": None,
        "put": PROFILE,
        "patch": PROFILE,
        "delete": {"current_password": "a-Str0ng-one"},
    },
    "/auth/users/me/": {
        "get": None,
        "put": PROFILE,
        "patch": PROFILE,
        "delete": {"current_password": "a-Str0ng-one"},
    },
    "/auth/users/me/export/": {"get": None},
    "/auth/users/activation/": {"post": CONFIRMATION},
    "/auth/users/verify_email/": {"post": CONFIRMATION},
    "/auth/users/resend_verification/": {"post": {"email": "ann@example.com"}},
    "/auth/users/resend_activation/": {"post": {"email": "ann@example.com"}},
    "/auth/users/reset_password/": {"post": {"email": "ann@example.com"}},
    "/auth/users/reset_password_confirm/": {
        "post": {**RESET, "new_password": "an0ther-Str0ng-one"}
    },
    "/auth/users/reset_username/": {"post": {"email": "ann@example.com"}},
    "/auth/users/reset_username_confirm/": {"post": {**RENAMING, "new_username": "anna"}},
    "/auth/users/set_password/": {"post": PASSWORDS},
    "/auth/users/set_username/": {
        "post": {"current_password": "a-Str0ng-one", "new_username": "anna"}
    },
    "/auth/users/me/sessions/": {"get": None, "delete": None},
    "/auth/users/me/sessions/{session}/": {"get": None, "delete": None},
    "/auth/users/me/second_factor/": {
        "get": None,
        "post": {"current_password": "a-Str0ng-one"},
        "delete": {"current_password": "a-Str0ng-one", "otp": "000000"},
    },
    "/auth/users/me/second_factor/confirm/": {"post": {"otp": "000000"}},
    "/auth/jwt/create/": {"post": {"username": "ann", "password": "a-Str0ng-one"}},
    "/auth/jwt/refresh/": {"post": {"refresh": "{refresh}"}},
    "/auth/jwt/verify/": {"post": {"token": "{refresh}"}},
    "/auth/jwt/blacklist/": {"post": {"refresh": "{refresh}"}},
    "/auth/jwt/logout_all/": {"post": None},
    "/store/": {"get": None},
    "/store/products/": {"get": None, "post": PRODUCT},
    "/store/products/{product}/": {"get": None, "put": PRODUCT, "patch": PRODUCT, "delete": None},
    "/store/products/{product}/reviews/": {"get": None, "post": REVIEW},
    "/store/products/{product}/reviews/{review}/": {
        "get": None,
        "put": REVIEW,
        "patch": REVIEW,
        "delete": None,
    },
    "/store/products/{product}/images/": {"get": None, "post": {"image": "x"}},
    "/store/products/{product}/images/{image}/": {
        "get": None,
        "put": PICTURE,
        "patch": PICTURE,
        "delete": None,
    },
    "/store/products/facets/": {"get": None},
    "/store/products/suggest/": {"get": None},
    "/store/collections/": {"get": None, "post": {"title": "Lamps"}},
    "/store/collections/{collection}/": {
        "get": None,
        "put": {"title": "Lamps"},
        "patch": {"title": "Lamps"},
        "delete": None,
    },
    "/store/collections/{collection}/featured/": {"get": None},
    "/store/promotions/": {"get": None},
    "/store/carts/": {"post": {}},
    "/store/carts/me/": {"get": None, "post": {}},
    "/store/carts/{cart}/": {"get": None, "delete": None},
    "/store/carts/{cart}/claim/": {"post": {}},
    "/store/carts/{cart}/items/": {"get": None, "post": ADDED_ITEM},
    "/store/carts/{cart}/items/{item}/": {"get": None, "patch": {"quantity": 2}, "delete": None},
    "/store/customers/": {"get": None, "post": {**CUSTOMER, "user_id": "{bare_user}"}},
    "/store/customers/me/": {"get": None, "put": CUSTOMER},
    "/store/customers/me/addresses/": {"get": None, "post": ADDRESS},
    "/store/customers/me/addresses/{address}/": {
        "get": None,
        "put": ADDRESS,
        "patch": ADDRESS,
        "delete": None,
    },
    "/store/customers/{customer}/": {
        "get": None,
        "put": CUSTOMER,
        "patch": CUSTOMER,
        "delete": None,
    },
    "/store/customers/{customer}/history/": {"get": None},
    "/store/orders/": {"get": None, "post": PLACED_ORDER},
    "/store/orders/{order}/": {"get": None, "patch": {"payment_status": "C"}, "delete": None},
    "/store/orders/{order}/cancel/": {"post": REASON},
    "/store/orders/{paid_order}/ship/": {"post": REASON},
    "/store/orders/{shipped_order}/tracking/": {"post": TRACKING},
    "/store/orders/{shipped_order}/deliver/": {"post": REASON},
    "/store/orders/{shipped_order}/refund/": {"post": REASON},
    "/store/orders/{invoiced_order}/invoice/": {"get": None},
    "/store/orders/{order}/changes/": {"get": None},
    "/store/orders/{order}/payments/": {"get": None, "post": {}},
    "/store/orders/{order}/payments/{payment}/": {"get": None},
    "/store/payments/webhook/": {
        "post": {"id": "1", "kind": "succeeded", "key": "1", "amount": "1"}
    },
    "/store/reports/": {"get": None},
    **{f"/store/reports/{report}/": {"get": None} for report in REPORTS},
    "/tags/": {"get": None, "post": {"label": "new"}},
    "/tags/{tag}/": {
        "get": None,
        "put": {"label": "new"},
        "patch": {"label": "new"},
        "delete": None,
    },
    "/tags/items/": {"get": None, "post": {**GENERIC, "tag": "{tag}"}},
    "/tags/items/{tagged}/": {"get": None, "delete": None},
    "/likes/": {"get": None, "post": GENERIC},
    "/likes/{like}/": {"get": None, "delete": None},
}
REQUESTS = [(method, path) for path, methods in ROUTES.items() for method in methods]
WRITES = [(method, path) for method, path in REQUESTS if ROUTES[path][method] is not None]
# Always refused in this shop, and not in its document; djoser brings it.
CANNOT_WORK = {("post", "/auth/users/resend_activation/")}
READS = [path for path, methods in ROUTES.items() if "get" in methods]
WITH_IDS = [(method, path) for method, path in REQUESTS if "{" in path]
