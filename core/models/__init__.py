from ..canonical import LowercaseEmailField
from .sessions import UserSession, UserSessionQuerySet
from .users import User, UserManager, UserQuerySet

__all__ = [
    "LowercaseEmailField",
    "User",
    "UserManager",
    "UserQuerySet",
    "UserSession",
    "UserSessionQuerySet",
]
