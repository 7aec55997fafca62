"""Examples of what is sent, made from the schemas; a new field gets one by its kind, or by its name below."""

import csv
import io
from typing import Any

# Of a property by its name, or by that of the schema and its own.
VALUES: dict[str, Any] = {
    "username": "nora",
    "new_username": "nora_p",
    "first_name": "Nora",
    "last_name": "Petersen",
    "email": "nora@example.com",
    "pending_email": "nora.petersen@example.com",
    "password": "a-l0ng-Passphrase",
    "current_password": "a-l0ng-Passphrase",
    "new_password": "an0ther-l0ng-Passphrase",
    "otp": "492039",
    "secret": "JBSWY3DPEHPK3PXP",
    "otpauth_url": "otpauth://totp/Storefront:nora?secret=JBSWY3DPEHPK3PXP&issuer=Storefront",
    "recovery_codes": ["9f3k-2m7q"],
    "uid": "MTc",
    "token": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl",
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.c2lnbmF0dXJl",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
    "network": "203.0.113.0/24",
    "title": "Stoneware teapot",
    "slug": "stoneware-teapot",
    "sku": "TEA-0042",
    "description": "Holds a litre, and does not drip.",
    "name": "Nora",
    "label": "handmade",
    "inventory": 12,
    "available": 12,
    "unit_price": 24.9,
    "price": 24.9,
    "list_price": 24.9,
    "average": 54.78,
    "price_with_tax": 27.39,
    "total_price": 49.8,
    "subtotal": 49.8,
    "tax": 4.98,
    "total": 54.78,
    "expected_total": 54.78,
    "amount": 54.78,
    "discount": 0.15,
    "quantity": 2,
    "pieces": 2,
    "products_count": 12,
    "rating": 5,
    "phone": "+49 30 1234567",
    "birth_date": "1990-05-17",
    "street": "Hauptstrasse 5",
    "city": "Berlin",
    "zip": "10827",
    "reason": "Ordered by mistake.",
    "carrier": "DHL",
    "tracking_number": "00340434292135100186",
    "tracking_url": "https://www.dhl.com/en/home/tracking.html?tracking-id=00340434292135100186",
    "promotion": "Spring sale",
    "gateway": "development",
    "image": "https://shop.example.com/media/store/images/teapot.jpg",
    "checkout_url": "https://pay.example.com/checkout/7f2c",
    "return_url": "https://shop.example.com/thanks",
    "cancel_url": "https://shop.example.com/cart",
    "Collection.title": "Kitchen",
    "CollectionRequest.title": "Kitchen",
    "PatchedCollectionRequest.title": "Kitchen",
    "Promotion.description": "Spring sale",
    "ProductImageRequest.image": "teapot.jpg",
    "from": "2026-03-01",
    "to": "2026-03-31",
    "count": 1,
    "next": None,
    "previous": None,
}
# Properties that stand in no example, because they are given in place of another.
ALTERNATIVES = {"CreateOrderRequest.shipping_address_id"}
FORMATS: dict[str, Any] = {
    "date": "2026-03-14",
    "date-time": "2026-03-14T09:30:00Z",
    "uuid": "3f2b1c9e-7d44-4c5e-9b1a-2f6d8e0c7a15",
    "uri": "https://shop.example.com/store/products/",
    "email": "nora@example.com",
}
PREFIX = "#/components/schemas/"
# Python's types by those of JSON.
TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


class Examples:
    """Makes examples of the schemas of a document, and keeps each once among its components."""

    def __init__(self, components: dict[str, Any]) -> None:
        self.schemas: dict[str, Any] = components["schemas"]
        self.kept: dict[str, Any] = components.setdefault("examples", {})

    def add(self, content: dict[str, Any], name: str) -> None:
        """Give each media type of a body an example; `name` is that of a body whose schema has none."""
        plain: Any = None
        for media_type, body in content.items():
            if media_type == "text/csv":
                body["examples"] = {"example": {"value": as_csv(plain)}}
                continue
            schema = body["schema"]
            key = schema.get("$ref", "").removeprefix(PREFIX) or name
            plain = self.of(schema, "", "")
            self.kept.setdefault(key, {"value": plain})
            body["examples"] = {"example": {"$ref": f"#/components/examples/{key}"}}

    def of(self, schema: dict[str, Any], owner: str, name: str) -> Any:
        """Return an example of a schema: a property that has this name, of the schema called `owner`."""
        if "$ref" in schema:
            owner = schema["$ref"].removeprefix(PREFIX)
            return self.of(self.schemas[owner], owner, name)
        for key in ("oneOf", "anyOf", "allOf"):
            if key in schema:
                return self.of(schema[key][0], owner, name)
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        for known in (f"{owner}.{name}", name):
            if known in VALUES and fits(VALUES[known], schema):
                return VALUES[known]
        return self.by_type(schema, owner, name)

    def by_type(self, schema: dict[str, Any], owner: str, name: str) -> Any:
        kind = schema.get("type", "object")
        match kind[0] if isinstance(kind, list) else kind:
            case "object":
                parts = schema.get("properties", {})
                return {
                    key: self.of(part, owner, key)
                    for key, part in parts.items()
                    if part.get("const") != "" and f"{owner}.{key}" not in ALTERNATIVES
                } or self.open_object(schema)
            case "array":
                return [self.of(schema["items"], owner, name)]
            case "string":
                text = FORMATS.get(schema.get("format", ""), "text")
                return text[: schema.get("maxLength", len(text))]
            case "boolean":
                return True
            case "null":
                return None
        least = schema.get("minimum", 1)
        return max(least, min(1, schema.get("maximum", 1)))

    def open_object(self, schema: dict[str, Any]) -> dict[str, Any]:
        values = schema.get("additionalProperties")
        return {"products": self.of(values, "", "")} if isinstance(values, dict) else {}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    kinds = schema.get("type", "object")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(value, TYPES[name]) for name in names)


def as_csv(rows: Any) -> str:
    """Return the table that says the same as an example in JSON."""
    rows = rows if isinstance(rows, list) else [rows]
    output = io.StringIO()
    table = csv.DictWriter(output, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return output.getvalue()
