from drf_spectacular.utils import extend_schema

from storefront.schema.resources import resource_schema

session_schema = resource_schema(
    "tokens",
    one="a session",
    many="the own sessions",
    list=extend_schema(
        description="Each sign-in, newest first: of a program by its tokens, or of a browser by its cookie. "
        "`network` is the part of the internet it was made from; `is_current` marks the one that asks."
    ),
    destroy=extend_schema(summary="End a session", description="Its tokens work no more."),
)
others_schema = extend_schema(
    operation_id="auth_users_me_sessions_destroy_others", summary="End every other session"
)
