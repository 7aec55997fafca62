from .accounts import (
    ConfirmPasswordSerializer,
    ConfirmUsernameSerializer,
    CurrentPasswordSerializer,
    DeleteUserSerializer,
    SendLinkSerializer,
    SetPasswordSerializer,
    SetUsernameSerializer,
    UidAndTokenSerializer,
    UserCreateSerializer,
    UserKeysSerializer,
    UserSerializer,
    VerifyEmailSerializer,
)
from .tokens import RefreshTokenSerializer, SignInSerializer, VerifyTokenSerializer

__all__ = [
    "ConfirmPasswordSerializer",
    "ConfirmUsernameSerializer",
    "CurrentPasswordSerializer",
    "DeleteUserSerializer",
    "RefreshTokenSerializer",
    "SendLinkSerializer",
    "SetPasswordSerializer",
    "SetUsernameSerializer",
    "SignInSerializer",
    "UidAndTokenSerializer",
    "UserCreateSerializer",
    "UserKeysSerializer",
    "UserSerializer",
    "VerifyEmailSerializer",
    "VerifyTokenSerializer",
]
