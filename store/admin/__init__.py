"""The shop for staff; imported here, so that autodiscovery finds every part."""

from . import catalog, customers, orders, reviews

__all__ = ["catalog", "customers", "orders", "reviews"]
