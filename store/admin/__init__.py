"""The shop for staff; imported here, so that autodiscovery finds every part."""

from .bulk_edits import (
    CollectionForm,
    EditForm,
    PriceForm,
    PublishForm,
    RelationForm,
    UnpublishForm,
)
from .campaigns import CampaignAdmin, CampaignForm, NotifyingAdmin
from .catalog import CollectionAdmin, InventoryFilter, ProductAdmin
from .customer_page import CustomerPageAdmin
from .customers import AddressInline, CustomerAdmin, CustomerForm, ProfileFilter
from .deletion import ServiceDeletionAdmin
from .exports import ExportingAdmin
from .imports import ImportRunAdmin, UploadForm
from .inlines import ReadOnlyInline
from .invoices import InvoiceAdmin
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
from .order_papers import PapersAdmin
from .order_sheets import SheetForm, SheetShippingAdmin
from .orders import OrderAdmin, OrderForm
from .payments import PaymentAdmin, PaymentEventAdmin, PaymentEventInline
from .pictures import PictureForm, ProductImageInline
from .product_history import ProductHistoryAdmin
from .promotions import PromotionAdmin, PromotionForm
from .report_pickers import ReportForm
from .reviews import AnswerFilter, ReviewAdmin, ReviewForm
from .sales_filters import ProductFilter, SoldFilter

__all__ = [
    "ProductFilter",
    "SoldFilter",
    "AnswerFilter",
    "ReviewForm",
    "ReportForm",
    "ProductHistoryAdmin",
    "SheetForm",
    "UnpublishForm",
    "PublishForm",
    "RelationForm",
    "CollectionForm",
    "PriceForm",
    "ProfileFilter",
    "EditForm",
    "AddressInline",
    "CampaignAdmin",
    "CampaignForm",
    "CollectionAdmin",
    "CorrectedTrackingForm",
    "CorrectingAdmin",
    "CustomerAdmin",
    "CustomerForm",
    "CustomerPageAdmin",
    "ExportingAdmin",
    "ImportRunAdmin",
    "InventoryFilter",
    "InvoiceAdmin",
    "LongListAdmin",
    "MovingAdmin",
    "NotifyingAdmin",
    "NoteForm",
    "OrderAddressForm",
    "OrderAdmin",
    "OrderForm",
    "OrderItemInline",
    "PapersAdmin",
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
    "SheetShippingAdmin",
    "ShipmentForm",
    "TrackingForm",
    "UploadForm",
]
