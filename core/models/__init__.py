from ..canonical import LowercaseEmailField
from .users import User, UserManager, UserQuerySet

__all__ = ["LowercaseEmailField", "User", "UserManager", "UserQuerySet"]
