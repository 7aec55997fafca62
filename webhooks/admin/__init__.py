from .deliveries import DeliveryAdmin
from .endpoints import EndpointAdmin

__all__ = ["DeliveryAdmin", "EndpointAdmin"]
