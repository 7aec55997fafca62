from . import sign_ins
from .groups import GroupAdmin
from .users import UserAdmin

__all__ = ["GroupAdmin", "UserAdmin", "sign_ins"]
