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
from .sessions import SessionSerializer
from .tokens import (
    RefreshTokenSerializer,
    SignInSerializer,
    SignOutSerializer,
    VerifyTokenSerializer,
)

__all__ = [
    "ConfirmPasswordSerializer",
    "ConfirmUsernameSerializer",
    "CurrentPasswordSerializer",
    "DeleteUserSerializer",
    "RefreshTokenSerializer",
    "SendLinkSerializer",
    "SessionSerializer",
    "SetPasswordSerializer",
    "SetUsernameSerializer",
    "SignInSerializer",
    "SignOutSerializer",
    "UidAndTokenSerializer",
    "UserCreateSerializer",
    "UserKeysSerializer",
    "UserSerializer",
    "VerifyEmailSerializer",
    "VerifyTokenSerializer",
]
