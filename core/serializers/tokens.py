from typing import Any

from django.conf import settings
from rest_framework_simplejwt.serializers import (
    TokenBlacklistSerializer,
    TokenObtainPairSerializer,
    TokenRefreshSerializer,
    TokenVerifySerializer,
)
from rest_framework_simplejwt.tokens import Token, UntypedToken

from ..authentication import ShopJWTAuthentication
from ..exceptions import SessionEnded
from ..models import User, UserSession
from ..security_log import security_event
from ..services.second_factors import verify_sign_in
from ..services.sessions import begin_token_session, end_sessions, refresh_session
from ..tokens import JTI, SessionRefreshToken, session_id_of
from .fields import CodeField, TypedPasswordField


class SignInSerializer(TokenObtainPairSerializer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = TypedPasswordField(write_only=True)
        self.fields["otp"] = CodeField(write_only=True, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        self.code: str = attrs.get("otp", "")
        tokens = super().validate(attrs)
        user: Any = self.user
        security_event("sign_in_succeeded", user_id=user.pk, account=user.username)
        return tokens

    def get_token(self, user: User) -> Token:  # type: ignore[override]
        """Return the refresh token of a new session, or raise CodeNeeded."""
        is_verified = verify_sign_in(user=user, code=self.code)
        session = begin_token_session(
            user=user, request=self.context["request"], is_verified=is_verified
        )
        return SessionRefreshToken.of(session, user)


class RefreshTokenSerializer(TokenRefreshSerializer):
    """Refuses the token of a user who is gone, inactive or has a new password, and of an ended session."""

    token_class = SessionRefreshToken

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        token = self.token_class(attrs["refresh"])
        ShopJWTAuthentication().get_user(token)
        session_id = session_id_of(token)
        if session_id is None:
            return super().validate(attrs)
        session = refresh_session(session_id=session_id, jti=token[JTI])
        if not settings.ROTATE_REFRESH_TOKENS:
            return {"access": str(token.access_token)}
        newer = token.successor(session)
        return {"access": str(newer.access_token), "refresh": str(newer)}


class VerifyTokenSerializer(TokenVerifySerializer):
    """Refuses what RefreshTokenSerializer refuses, and a refresh token that was revoked."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        token = UntypedToken(attrs["token"])
        authentication = ShopJWTAuthentication()
        authentication.get_user(token)
        if token["token_type"] == SessionRefreshToken.token_type:
            SessionRefreshToken(attrs["token"])
            session = authentication.session
            if session is not None and not session.accepts(token[JTI]):
                raise SessionEnded
        return {}


class SignOutSerializer(TokenBlacklistSerializer):
    """Ends the session of a refresh token, and with it the access tokens."""

    token_class = SessionRefreshToken

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        session_id = session_id_of(self.token_class(attrs["refresh"]))
        if session_id is not None:
            sessions = UserSession.objects.filter(pk=session_id)
            if not sessions.exists():
                raise SessionEnded
            end_sessions(sessions=sessions)
        # The release before knows no sessions.
        return super().validate(attrs)
