"""Pages of products: counted once for a cache version; pages far down are read from bookmarks."""

from .pages import DefaultPagination

__all__ = ["DefaultPagination"]
