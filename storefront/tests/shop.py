"""A row in each list of the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from model_bakery import baker


def fill_shop() -> dict[str, Any]:
    """Save one row of what most admins list, and return some of them by name."""
    user = baker.make("core.User", username="ann", email="ann@example.com")
    product = baker.make("store.Product", title="Teapot", unit_price=10, inventory=5)
    order = baker.make("store.Order", customer=user.customer)
    baker.make("store.Payment", order=order, amount=10)
    baker.make("store.PaymentEvent")
    baker.make("store.Promotion", discount=0.2)
    baker.make("store.Review", product=product)
    baker.make("store.Campaign")
    baker.make("tags.Tag", label="sale")
    baker.make("likes.LikedItem", user=user, content_object=product)
    baker.make("outbox.Mail", due_at=None, sent_at=None)
    baker.make("webhooks.Delivery", due_at=None, event__payload="{}")
    return {"product": product, "order": order, "user": user}


def rows_of_the_admin() -> dict[type[Model], list[Any]]:
    """Return what is stored in the tables that the admin shows."""
    return {
        model: list(model._base_manager.order_by("pk").values_list())
        for model in admin.site._registry
    }
