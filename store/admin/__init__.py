"""The shop for staff; imported here, so that autodiscovery finds every part."""

from . import campaigns, catalog, customers, orders, payments, promotions, reviews

__all__ = ["campaigns", "catalog", "customers", "orders", "payments", "promotions", "reviews"]
