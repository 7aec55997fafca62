"""The responses with which operations refuse, each a component that the document holds once."""

from typing import Any, NamedTuple


class Body(NamedTuple):
    """A schema component."""

    name: str
    schema: dict[str, Any]


class RefusalResponse(NamedTuple):
    """A response component; `responses={409: CONFLICT}` of `extend_schema` refers to it."""

    name: str
    bodies: tuple[Body, ...]
    description: str
    headers: Any = None


TEXT = {"type": "string"}


def json_object(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object that has each of these properties."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def code(name: str) -> dict[str, Any]:
    return {"type": "string", "const": name}


ERROR = Body(
    "Error", {**json_object(detail=TEXT), "description": "A `code` comes along with some."}
)
CODED_ERROR = Body("CodedError", json_object(detail=TEXT, code=TEXT))
REFUSED = Body("Refused", json_object(error=TEXT, code=TEXT))
FIELD_ERRORS = Body(
    "FieldErrors",
    {
        "type": "object",
        "description": "The errors of each field, or of none (`non_field_errors`); a request that "
        "cannot be read has a `detail`, a refusal of the shop a `code`.",
        "properties": {"detail": TEXT, "code": TEXT},
        "additionalProperties": {"type": "array", "items": TEXT},
    },
)
PROBLEM = Body(
    "Problem",
    {
        **json_object(type=TEXT, title=TEXT, status={"type": "integer"}, detail=TEXT),
        "description": "Problem details (RFC 9457), for who accepts them.",
        "additionalProperties": True,
    },
)

BAD_REQUEST = RefusalResponse(
    "BadRequest", (FIELD_ERRORS,), "The request has errors, told by field."
)
UNAUTHORIZED = RefusalResponse("Unauthorized", (ERROR,), "Without credentials that work.")
FORBIDDEN = RefusalResponse("Forbidden", (ERROR,), "Without the right.")
NOT_FOUND = RefusalResponse("NotFound", (ERROR,), "Not there, or somebody else's.")
NOT_DELETABLE = RefusalResponse("NotDeletable", (REFUSED,), "Other rows need this one.")
CONFLICT = RefusalResponse("Conflict", (CODED_ERROR,), "The state of the row refuses it.")
TOO_MANY = RefusalResponse(
    "TooMany",
    (CODED_ERROR,),
    "There are as many as the shop allows; the `code` tells of what, such as `too_many_addresses`.",
)
TOO_MANY_REQUESTS = RefusalResponse(
    "TooManyRequests",
    (ERROR,),
    "Too often; `Retry-After` tells the seconds.",
    {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}},
)
