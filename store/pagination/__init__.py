"""Pages of products: counted once while the catalogue stays, and read far down without walking there."""

from .pages import DefaultPagination

__all__ = ["DefaultPagination"]
