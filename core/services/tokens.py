from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from storefront.sequences import create_missing

from ..models import UserSession
from .sessions import end_sessions


def revoke_refresh_tokens(*, user_id: int) -> None:
    """Sign the user out everywhere: no token or cookie of a session until now works any more."""
    end_sessions(sessions=UserSession.objects.filter(user_id=user_id))
    # Those of before the upgrade have no session.
    outstanding = OutstandingToken.objects.filter(user_id=user_id, blacklistedtoken=None)
    create_missing(
        BlacklistedToken.objects, (BlacklistedToken(token=token) for token in outstanding)
    )
