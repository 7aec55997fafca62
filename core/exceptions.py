from django.core.exceptions import PermissionDenied
from rest_framework import exceptions, status
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


class SecondFactorNeeded(exceptions.PermissionDenied):
    """Staff signed in without the code that STAFF_SECOND_FACTOR asks of them."""

    default_code = "second_factor_needed"
    default_detail = {
        "detail": "Staff sign in with the code of a second factor. Set one up at /auth/users/me/second_factor/.",
        "code": default_code,
    }


class CodeNeeded(AuthenticationFailed):
    """The password is right, and the account has a second factor whose code is missing or wrong."""

    default_code = "otp_required"

    def __init__(self, message: str = "The code of your second factor is needed as well.") -> None:
        super().__init__(message)
        self.message = message


class SecondFactorExists(Exception):
    """A second factor is set up already; to remove it needs its code."""

    status_code = status.HTTP_409_CONFLICT
    code = "second_factor_exists"
    message = "A second factor is set up already; remove it first."
    detail = message


class CodeRefused(Exception):
    """The code is wrong, was used, or is too old."""

    status_code = status.HTTP_400_BAD_REQUEST
    code = "code_refused"
    message = "The code is wrong or was used already; wait for the next one."
    detail = {"otp": [message]}
