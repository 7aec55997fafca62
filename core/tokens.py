"""The tokens of a session, which name it in a claim and are refused without it."""

from typing import Any, Self

from django.utils.crypto import salted_hmac
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, BlacklistMixin, RefreshToken, Token
from rest_framework_simplejwt.utils import datetime_from_epoch

from .models import User, UserSession

# The id of the session. A token of before the upgrade has none, and is valid until it runs out.
SESSION_CLAIM = "sid"
JTI = api_settings.JTI_CLAIM


def session_id_of(token: Any) -> int | None:
    """Return the id of the session that a token, or what else authenticated, belongs to."""
    return token.get(SESSION_CLAIM) if isinstance(token, Token) else None


class SessionRefreshToken(RefreshToken):
    @classmethod
    def of(cls, session: UserSession, user: User) -> Self:
        """Return the first refresh token of a session."""
        # Past the mixin, which stores the whole token: who read that row could use it.
        token: Self = super(BlacklistMixin, cls).for_user(user)
        token[SESSION_CLAIM], token[JTI] = session.pk, session.jti
        # A shop that goes back to the release before finds what to revoke there.
        OutstandingToken.objects.create(
            user=user,
            jti=session.jti,
            created_at=session.created_at,
            expires_at=datetime_from_epoch(token["exp"]),
        )
        return token

    def successor(self, session: UserSession) -> Self:
        """Return the token that the session rotated to, the same one however often asked."""
        token = type(self)()
        token.payload = {**self.payload, JTI: session.jti}
        if session.rotated_at is not None:
            token.current_time = session.rotated_at
        token.set_iat(at_time=token.current_time)
        token.set_exp(from_time=token.current_time)
        return token

    @property
    def access_token(self) -> AccessToken:
        """Make an access token, the same one where it is asked for again within a second."""
        access = super().access_token
        access.set_iat(at_time=self.current_time)
        made_from: list[Any] = [self[JTI], access["iat"]]
        access[JTI] = salted_hmac("core.access_token", str(made_from)).hexdigest()[:32]
        return access
