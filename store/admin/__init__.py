"""The shop for staff; imported here, so that autodiscovery finds every part."""

from .campaigns import CampaignAdmin, NotifyingAdmin
from .catalog import CollectionAdmin, ProductAdmin, ProductImageInline
from .customers import AddressInline, CustomerAdmin
from .deletion import ServiceDeletionAdmin
from .inlines import ReadOnlyInline
from .lists import LongListAdmin, ReadOnlyAdmin
from .order_lines import OrderItemInline
from .order_moves import MovingAdmin
from .orders import OrderAdmin, StatusChangeInline
from .payments import PaymentAdmin, PaymentEventAdmin, PaymentEventInline, PaymentInline
from .promotions import PromotionAdmin
from .reviews import ReviewAdmin

__all__ = [
    "AddressInline",
    "CampaignAdmin",
    "CollectionAdmin",
    "CustomerAdmin",
    "LongListAdmin",
    "MovingAdmin",
    "NotifyingAdmin",
    "OrderAdmin",
    "OrderItemInline",
    "PaymentAdmin",
    "PaymentEventAdmin",
    "PaymentEventInline",
    "PaymentInline",
    "ProductAdmin",
    "ProductImageInline",
    "PromotionAdmin",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "ReviewAdmin",
    "ServiceDeletionAdmin",
    "StatusChangeInline",
]
