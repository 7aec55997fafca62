"""What the demonstration shop sells."""

from .bath import BATH
from .coffee import COFFEE
from .furniture import FURNITURE
from .garden import GARDEN
from .kinds import Assortment, Design, Kind
from .kitchen import KITCHEN
from .lighting import LIGHTING
from .stationery import STATIONERY
from .textiles import SOFT
from .toys import TOYS
from .travel import TRAVEL
from .vocabulary import MATERIALS

ASSORTMENTS = (
    KITCHEN,
    COFFEE,
    SOFT,
    LIGHTING,
    FURNITURE,
    GARDEN,
    STATIONERY,
    TRAVEL,
    TOYS,
    BATH,
)

__all__ = ["ASSORTMENTS", "MATERIALS", "Assortment", "Design", "Kind"]
