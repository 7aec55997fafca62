"""The shop for staff; imported here, so that autodiscovery finds every part."""

from .campaigns import CampaignAdmin, CampaignForm, NotifyingAdmin
from .catalog import CollectionAdmin, InventoryFilter, PictureForm, ProductAdmin, ProductImageInline
from .customers import AddressInline, CustomerAdmin
from .deletion import ServiceDeletionAdmin
from .inlines import ReadOnlyInline
from .lists import LongListAdmin, ReadOnlyAdmin
from .order_corrections import CorrectingAdmin
from .order_forms import (
    CorrectedTrackingForm,
    NoteForm,
    OrderAddressForm,
    ReasonForm,
    ShipmentForm,
    TrackingForm,
)
from .order_lines import OrderItemInline
from .order_moves import MovingAdmin
from .orders import OrderAdmin, OrderForm
from .payments import PaymentAdmin, PaymentEventAdmin, PaymentEventInline
from .promotions import PromotionAdmin, PromotionForm
from .reviews import ReviewAdmin

__all__ = [
    "AddressInline",
    "CampaignAdmin",
    "CampaignForm",
    "CollectionAdmin",
    "CorrectedTrackingForm",
    "CorrectingAdmin",
    "CustomerAdmin",
    "InventoryFilter",
    "LongListAdmin",
    "MovingAdmin",
    "NotifyingAdmin",
    "NoteForm",
    "OrderAddressForm",
    "OrderAdmin",
    "OrderForm",
    "OrderItemInline",
    "PaymentAdmin",
    "PaymentEventAdmin",
    "PaymentEventInline",
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
    "ShipmentForm",
    "TrackingForm",
]
