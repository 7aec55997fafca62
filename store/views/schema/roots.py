from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view

ADDRESSES = {
    "type": "object",
    "additionalProperties": {"type": "string", "format": "uri"},
}


def root_schema(tag: str, *, summary: str) -> Any:
    """Return the schema of a view that lists addresses."""
    return extend_schema_view(
        get=extend_schema(tags=[tag], summary=summary, responses={200: ADDRESSES})
    )


store_root_schema = root_schema("shop", summary="List the addresses of the shop")
