from ..canonical import LowercaseEmailField
from .sessions import UserSession, UserSessionQuerySet
from .sign_ins import TriedAccount, TriedNetwork
from .users import User, UserManager, UserQuerySet

__all__ = [
    "LowercaseEmailField",
    "TriedAccount",
    "TriedNetwork",
    "User",
    "UserManager",
    "UserQuerySet",
    "UserSession",
    "UserSessionQuerySet",
]
