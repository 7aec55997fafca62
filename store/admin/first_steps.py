"""What somebody does first in a shop that has sold nothing yet."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from ..models import Collection, Product


class Step(NamedTuple):
    name: str
    purpose: str
    url: str
    is_done: bool = False


def first_steps(request: HttpRequest, *, has_orders: bool | None) -> list[Step]:
    """Return the steps that the person may take; none once the shop has products, and orders if they are known."""
    user: Any = request.user
    steps = []
    has_products = Product.objects.exists()
    if has_products and has_orders is not False:
        return []
    if user.has_perm("store.add_collection"):
        purpose = "Collections are the shelves of the shop; each product stands on one."
        url, is_done = reverse("admin:store_collection_add"), Collection.objects.exists()
        steps.append(Step("Add a collection", purpose, url, is_done))
    if user.has_perm("store.add_product"):
        purpose = "A title, a price, how many there are, and pictures."
        url = reverse("admin:store_product_add")
        steps.append(Step("Add a product", purpose, url, has_products))
    if user.has_perm("store.add_promotion"):
        purpose = "A discount for some time, on products or whole collections."
        steps.append(Step("Plan a promotion", purpose, reverse("admin:store_promotion_add")))
    if user.has_perm("store.add_order") and has_products:
        purpose = "Take one by phone, to see how it goes; or wait for the first customer."
        steps.append(Step("Write the first order", purpose, reverse("admin:store_order_add")))
    if user.has_perm("core.add_user"):
        purpose = "Each with an account of their own, in the group of what they do."
        steps.append(Step("Let colleagues in", purpose, reverse("admin:core_user_add")))
    return steps
