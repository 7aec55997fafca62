from django.core.exceptions import PermissionDenied
from rest_framework import status
from rest_framework_simplejwt.exceptions import AuthenticationFailed


class AccountBeyondRights(PermissionDenied):
    """The account holds a right that who acts on it lacks."""

    status_code = status.HTTP_403_FORBIDDEN
    code = "account_beyond_rights"
    message = "An account holds a right that you lack."
    detail = message


class LinkRefused(Exception):
    """The token of a link is none, was used, is too old, or the account has changed since."""

    status_code = status.HTTP_400_BAD_REQUEST
    code = "invalid_token"
    message = "Invalid token for given user."
    detail = {"token": [message]}


class SessionEnded(AuthenticationFailed):
    """The session of a token was ended: by its owner, by staff, or because an old token was used again."""

    default_detail = "The session has ended; sign in again."
    default_code = "session_ended"
