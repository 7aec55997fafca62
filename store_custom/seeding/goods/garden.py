from .kinds import Assortment, Kind
from .vocabulary import (
    CERAMICS,
    DYES,
    LACQUERS,
    ONE_SIZE,
    SIZES,
    TWO_SIZES,
    WOOD_FINISHES,
    coloured,
)

OUTDOOR_WOODS = ("Acacia", "Oak", "Ash", "Bamboo")
SHEETS = ("Galvanised Steel", "Enamelled Steel", "Copper")
POTS = coloured("Natural", "Chalk White", "Sage", "Slate Blue", "Charcoal", "Ochre")
HANDLES = (" with Ash Handle", " with Oak Handle", " with Cork Grip")
HANGERS = (" with Rope Hanger", " with Chain Hanger", " with Leather Hanger")

GARDEN = Assortment(
    title="Garden",
    stem="garden",
    palette=("#eaf3e6", "#cfe3c4", "#c8683f", "#4c7d4a", "#f0b542"),
    tags=("Balcony", "Weatherproof"),
    notes=(
        "Leave it out in the rain; bring it in when it freezes hard.",
        "It was tried for a whole year in our own garden.",
    ),
    kinds=(
        Kind(
            "Plant Pot",
            14,
            ("Terracotta", *CERAMICS),
            POTS,
            SIZES,
            "A pot with a drain hole and a matching saucer.",
            "o B 22 14 46 44; o B 54 14 78 44; o B 38 8 62 40; l B 3 50 52 50 30; p A 26 48 74 48 66 80 34 80; r A 22 44 78 54 2; r C 28 78 72 84 2",
        ),
        Kind(
            "Watering Can",
            32,
            SHEETS,
            LACQUERS,
            {", 2 litres": 0.8, ", 5 litres": 1.0, ", 9 litres": 1.35},
            "A can with a brass rose that rains instead of pouring.",
            "a K 4 40 16 84 68 180 20; l A 6 38 66 12 34; o C 4 26 20 38; r A 36 42 76 82 4; r B 36 52 76 58 0; o K 40 38 72 46",
        ),
        Kind(
            "Hand Trowel",
            16,
            ("Stainless Steel", "Carbon Steel"),
            HANDLES,
            ONE_SIZE,
            "A trowel forged from one piece, with a scale for planting depth.",
            "r A 44 12 56 42 5; l K 4 50 42 50 54; p B 36 54 64 54 62 74 50 90 38 74; l W 2 50 58 50 80; o S 48 15 52 19",
        ),
        Kind(
            "Raised Bed",
            84,
            OUTDOOR_WOODS,
            WOOD_FINISHES,
            SIZES,
            "A bed at knee height with a liner, for salad and herbs.",
            "o B 16 30 36 56; o B 34 24 54 54; o B 54 28 72 56; o C 66 34 84 56; r A 12 50 88 78 2; l W 1 12 60 88 60; l W 1 12 69 88 69; r K 16 76 22 86 1; r K 78 76 84 86 1",
        ),
        Kind(
            "Bird House",
            29,
            OUTDOOR_WOODS,
            WOOD_FINISHES,
            {", 28 mm Entrance": 1.0, ", 32 mm Entrance": 1.05},
            "A nest box for tits that opens at the side for cleaning.",
            "r A 30 38 70 82 2; p B 22 42 50 14 78 42; o K 42 46 58 62; l K 3 50 68 50 72; o C 46 66 56 74; r K 46 82 54 92 0",
        ),
        Kind(
            "Deck Chair",
            79,
            OUTDOOR_WOODS,
            DYES,
            ONE_SIZE,
            "A folding chair with three positions and a cover that comes off.",
            "l K 4 22 26 78 84; l K 4 70 44 24 84; p A 20 22 30 16 66 62 84 58 88 64 60 74; p W 26 26 31 22 66 65 60 68; l K 4 20 24 28 16",
        ),
        Kind(
            "Parasol",
            139,
            ("Cotton", "Recycled Nylon"),
            DYES,
            {", 2 m": 0.8, ", 2.5 m": 1.0, ", 3 m": 1.3},
            "A parasol with a crank and a vent that lets the wind through.",
            "l K 4 50 16 50 84; s A 10 16 90 88 180 360; s W 26 16 74 88 180 360; s B 40 16 60 88 180 360; r K 34 82 66 88 2; o K 47 11 53 18",
        ),
        Kind(
            "Hanging Basket",
            22,
            ("Jute", "Rattan", "Bamboo"),
            HANGERS,
            SIZES,
            "A lined basket on a strong hook, for flowers or strawberries.",
            "l K 2 50 6 24 46; l K 2 50 6 76 46; o B 20 32 46 56; o B 54 32 80 56; o B 36 28 64 54; o C 28 36 36 44; o C 62 38 70 46; o W 46 32 54 40; s A 20 14 80 84 0 180; o B 26 60 36 82",
        ),
        Kind(
            "Garden Rake",
            27,
            ("Stainless Steel", "Carbon Steel", "Bamboo"),
            HANDLES,
            {", 60 cm": 0.8, ", 150 cm": 1.1},
            "A rake with springy tines that spare the small plants.",
            "l A 4 72 10 46 60; l B 3 46 60 20 80; l B 3 46 60 30 84; l B 3 46 60 42 86; l B 3 46 60 54 86; l B 3 46 60 66 82; l C 3 30 72 60 76",
        ),
        Kind(
            "Compost Caddy",
            36,
            (*SHEETS, "Bamboo"),
            LACQUERS,
            TWO_SIZES,
            "A caddy with a filter in the lid, for the worktop or the back door.",
            "a K 3 26 14 74 74 180 360; p A 28 38 72 38 68 82 32 82; r B 25 32 75 40 3; r K 44 27 56 33 2; o W 38 48 62 72; p B 50 52 58 62 50 69 42 62",
        ),
    ),
)
