from .groups import GroupAdmin
from .users import UserAdmin

__all__ = ["GroupAdmin", "UserAdmin"]
