"""The earlier name of invalidate_catalog, which scripts of operators may call."""

from .invalidate_catalog import Command

__all__ = ["Command"]
