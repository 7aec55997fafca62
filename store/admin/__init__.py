"""The shop for staff; imported here, so that autodiscovery finds every part."""

from .campaigns import CampaignAdmin, CampaignForm, NotifyingAdmin
from .catalog import CollectionAdmin, InventoryFilter, PictureForm, ProductAdmin, ProductImageInline
from .customers import AddressInline, CustomerAdmin
from .deletion import ServiceDeletionAdmin
from .exports import ExportingAdmin
from .imports import ImportRunAdmin, UploadForm
from .inlines import ReadOnlyInline
from .lists import LongListAdmin, ReadOnlyAdmin
from .order_lines import OrderItemInline
from .order_moves import MovingAdmin
from .order_steps import ReasonForm
from .orders import OrderAdmin, OrderForm, StatusChangeInline
from .payments import PaymentAdmin, PaymentEventAdmin, PaymentEventInline, PaymentInline
from .promotions import PromotionAdmin, PromotionForm
from .reviews import ReviewAdmin

__all__ = [
    "AddressInline",
    "CampaignAdmin",
    "CampaignForm",
    "CollectionAdmin",
    "CustomerAdmin",
    "ExportingAdmin",
    "ImportRunAdmin",
    "InventoryFilter",
    "LongListAdmin",
    "MovingAdmin",
    "NotifyingAdmin",
    "OrderAdmin",
    "OrderForm",
    "OrderItemInline",
    "PaymentAdmin",
    "PaymentEventAdmin",
    "PaymentEventInline",
    "PaymentInline",
    "PictureForm",
    "ProductAdmin",
    "ProductImageInline",
    "PromotionAdmin",
    "PromotionForm",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "ReasonForm",
    "ReviewAdmin",
    "ServiceDeletionAdmin",
    "StatusChangeInline",
    "UploadForm",
]
