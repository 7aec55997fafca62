"""What the menu of the admin holds, and what its search looks through."""

from typing import NamedTuple


class AdminPage(NamedTuple):
    """A page beside the lists of models; left out while no URL has its name."""

    url_name: str
    label: str
    # Whoever has one of them sees it; none: all staff.
    permissions: tuple[str, ...] = ()


# Sections in their order -> what they hold in its order: the label of a model, or a page.
ADMIN_SECTIONS: dict[str, list[str | AdminPage]] = {
    "": [AdminPage("admin:index", "Home")],
    "Sell": [
        "store.Order",
        "store.Invoice",
        "store.Payment",
        "store.PaymentEvent",
        AdminPage("admin:reports", "Reports", ("store.view_order",)),
    ],
    "Catalogue": [
        "store.Product",
        "store.Collection",
        "store.Promotion",
        AdminPage(
            "admin:store_promotion_calendar",
            "Promotion calendar",
            ("store.view_promotion", "store.change_promotion"),
        ),
        "tags.Tag",
        "store.ImportRun",
        AdminPage(
            "admin:store_importrun_add",
            "Import a sheet",
            ("store.change_product", "store.change_collection", "store.change_customer"),
        ),
        "history.Operation",
    ],
    "People": ["store.Customer", "store.Campaign", "core.User", "auth.Group"],
    "Content": ["store.Review", "likes.LikedItem"],
    "System": [
        "history.Change",
        "outbox.Mail",
        "webhooks.Endpoint",
        "webhooks.Delivery",
    ],
}
# Takes in the models that no section names.
ADMIN_REST = "System"
# Looked through by the box at the head of each page, in the order of the results.
ADMIN_SEARCHED = ["store.Order", "store.Customer", "store.Product"]
