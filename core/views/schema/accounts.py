from typing import Any

from drf_spectacular.utils import extend_schema

from store.views.schema.roots import root_schema
from storefront.errors.exceptions import Busy
from storefront.schema.refusals import refused_with
from storefront.schema.resources import resource_schema

from ...exceptions import LinkRefused
from ...serializers.accounts import CurrentPasswordSerializer


def without_body(*refusals: type[Exception], **words: Any) -> Any:
    """Return the schema of an action that djoser answers with 204."""
    return extend_schema(responses={204: None, **refused_with(*refusals)}, **words)


def with_password(**words: Any) -> Any:
    """Return the schema of the deletion of a user, which the password of who asks confirms."""
    return extend_schema(
        methods=["DELETE"],
        request={"application/json": CurrentPasswordSerializer},
        responses={204: None},
        **words,
    )


BOOKS = "Orders stay, without the person; those that are unpaid are cancelled."
NEW_ADDRESS = (
    "Another `email` needs the `current_password` and is the `pending_email` until it is confirmed. "
    "The present one, with the password, withdraws it."
)
accounts_root_schema = root_schema("accounts", summary="List the addresses of the accounts")
user_schema = resource_schema(
    "accounts",
    one="a user",
    many="users",
    # Passwords are hashed or checked.
    refuses=(Busy,),
    create=extend_schema(summary="Register", description="A customer profile is made along."),
    destroy=with_password(description=f"Needs the `current_password` of who asks. {BOOKS}"),
    me=[
        extend_schema(methods=["GET"], summary="Read the own account"),
        extend_schema(methods=["PUT"], summary="Replace the own account", description=NEW_ADDRESS),
        extend_schema(methods=["PATCH"], summary="Change the own account", description=NEW_ADDRESS),
        with_password(
            summary="Delete the own account", description=f"Needs the `current_password`. {BOOKS}"
        ),
    ],
    export=extend_schema(
        summary="Export the own account",
        responses={200: {"type": "object", "additionalProperties": True}},
    ),
    activation=without_body(LinkRefused, summary="Confirm an address, under djoser's name for it"),
    verify_email=without_body(
        LinkRefused,
        summary="Confirm an address with the codes of the mail",
        description="A new address replaces the present one with this.",
    ),
    resend_verification=without_body(summary="Mail the codes that confirm an address again"),
    # Accounts are active from the start here: it always refuses.
    resend_activation=extend_schema(exclude=True),
    set_password=without_body(summary="Change the own password"),
    reset_password=without_body(summary="Mail a link to set a new password"),
    reset_password_confirm=without_body(
        LinkRefused, summary="Set a new password with the codes of the mail"
    ),
    set_username=without_body(summary="Change the own name to sign in"),
    reset_username=without_body(summary="Mail a link to set a new name to sign in"),
    reset_username_confirm=without_body(
        LinkRefused, summary="Set a new name to sign in with the codes of the mail"
    ),
)
