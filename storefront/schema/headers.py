"""The headers that responses of every view have."""

LINK = {
    "description": 'The neighbouring pages: `<...>; rel="next"`, `<...>; rel="prev"` (RFC 8288).',
    "schema": {"type": "string"},
}
ETAG = {
    "description": "Names this state; with it as `If-None-Match` the same state answers 304.",
    "schema": {"type": "string"},
}
LOCATION = {
    "description": "The address of what was made.",
    "required": True,
    "schema": {"type": "string", "format": "uri"},
}
NOT_MODIFIED = {
    "description": "The state is that of the `If-None-Match` of the request.",
    "headers": {"ETag": ETAG},
}
RATE_LIMITS = {
    "RateLimit": {
        "description": "What is left of each rate that counts for who asks, and the seconds until it is whole "
        "again (draft-ietf-httpapi-ratelimit-headers).",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "What each of these rates allows in how many seconds.",
        "schema": {"type": "string"},
    },
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The `ETag` of the state that is meant: 412 once it has changed.",
    "schema": {"type": "string"},
}
