from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from storefront.sequences import create_missing


def revoke_refresh_tokens(*, user_id: int) -> None:
    """Sign the user out everywhere: no refresh token issued until now works any more."""
    outstanding = OutstandingToken.objects.filter(user_id=user_id, blacklistedtoken=None)
    create_missing(
        BlacklistedToken.objects, (BlacklistedToken(token=token) for token in outstanding)
    )
