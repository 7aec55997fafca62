"""The shapes of the shop's requests and responses; other code imports them from here."""

from .amounts import AmountField
from .carts import (
    AddCartItemSerializer,
    CartItemSerializer,
    CartSerializer,
    UpdateCartItemSerializer,
)
from .catalog import (
    CollectionSerializer,
    ImageAddressField,
    ProductImageSerializer,
    ProductSerializer,
    SimpleProductSerializer,
)
from .customers import (
    AddressFieldsSerializer,
    AddressSerializer,
    CreateCustomerSerializer,
    CustomerSerializer,
    MyCustomerSerializer,
)
from .orders import (
    CreateOrderSerializer,
    OrderItemSerializer,
    OrderSerializer,
    OrderStatusChangeSerializer,
    ReasonSerializer,
    ShippingAddressSerializer,
    UpdateOrderSerializer,
)
from .payments import PaymentSerializer
from .promotions import PromotionSerializer
from .reports import (
    AverageOrderSerializer,
    BestCustomerSerializer,
    BestSellerSerializer,
    CollectionSalesSerializer,
    FiguresSerializer,
    LimitQuerySerializer,
    MembershipSalesSerializer,
    PeriodSerializer,
    RankingQuerySerializer,
    SalesQuerySerializer,
    StockQuerySerializer,
    StockSerializer,
    TimeQuerySerializer,
)
from .reviews import ReviewSerializer

__all__ = [
    "AddCartItemSerializer",
    "AddressFieldsSerializer",
    "AddressSerializer",
    "AmountField",
    "AverageOrderSerializer",
    "BestCustomerSerializer",
    "BestSellerSerializer",
    "CartItemSerializer",
    "CartSerializer",
    "CollectionSalesSerializer",
    "CollectionSerializer",
    "ImageAddressField",
    "CreateCustomerSerializer",
    "CreateOrderSerializer",
    "CustomerSerializer",
    "FiguresSerializer",
    "LimitQuerySerializer",
    "MembershipSalesSerializer",
    "MyCustomerSerializer",
    "OrderItemSerializer",
    "OrderSerializer",
    "OrderStatusChangeSerializer",
    "PaymentSerializer",
    "PeriodSerializer",
    "ProductImageSerializer",
    "ProductSerializer",
    "PromotionSerializer",
    "RankingQuerySerializer",
    "ReasonSerializer",
    "ReviewSerializer",
    "SalesQuerySerializer",
    "ShippingAddressSerializer",
    "SimpleProductSerializer",
    "StockQuerySerializer",
    "StockSerializer",
    "TimeQuerySerializer",
    "UpdateCartItemSerializer",
    "UpdateOrderSerializer",
]
