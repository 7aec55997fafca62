"""The words that goods are named with, what they do to a price, and what there is to say about them."""

# Material, origin or scent: what it does to the price, and one sentence for the description.
MATERIALS: dict[str, tuple[float, str]] = {
    "Stoneware": (1.0, "Stoneware is fired hot, so it shrugs off knives and the dishwasher."),
    "Porcelain": (1.3, "Porcelain is thin and bright, and much tougher than it looks."),
    "Earthenware": (0.85, "The earthenware is glazed by hand, so no two pieces are quite alike."),
    "Enamel": (0.9, "Enamel on steel is light, unbreakable and easy to wipe clean."),
    "Terracotta": (0.7, "Terracotta breathes, which keeps roots from standing in water."),
    "Pine": (0.75, "Pine is light to carry and darkens to a warm honey tone."),
    "Birch": (0.9, "Birch has a pale, even grain that suits almost any room."),
    "Beech": (1.0, "Beech is dense and smooth and takes daily knocks well."),
    "Ash": (1.1, "Ash is springy and strong, with a bold open grain."),
    "Acacia": (1.05, "Acacia is naturally oily, so it copes with damp better than most woods."),
    "Oak": (1.3, "The oak comes from managed forests and is finished with hard-wearing oil."),
    "Walnut": (1.6, "Walnut has a deep brown colour that grows richer with the years."),
    "Bamboo": (0.7, "Bamboo grows back within a few years and weighs next to nothing."),
    "Cork": (0.8, "Cork is harvested without felling the tree and is soft under the hand."),
    "Rattan": (0.95, "The rattan is woven by hand over a light frame."),
    "Recycled Glass": (0.9, "The glass was bottles before, hence its faint green tint."),
    "Pressed Glass": (0.8, "The pressed pattern catches the light and hides the fingerprints."),
    "Borosilicate Glass": (1.2, "Borosilicate glass takes boiling water straight from the kettle."),
    "Stainless Steel": (1.0, "Brushed stainless steel does not rust, stain or keep a smell."),
    "Enamelled Steel": (0.9, "The enamel keeps its colour through years of heat and washing."),
    "Carbon Steel": (1.1, "Carbon steel heats fast and builds its own non-stick surface."),
    "Cast Iron": (1.4, "Cast iron holds its heat for a long time and lasts for generations."),
    "Galvanised Steel": (0.85, "The zinc coat keeps rust away, winter after winter."),
    "Copper": (1.7, "Copper starts out bright and ages to a soft brown."),
    "Brass": (1.5, "The brass is left bare, so it gathers its own patina."),
    "Aluminium": (0.8, "Aluminium is light, does not rust and can be melted down again and again."),
    "Cotton": (1.0, "The cotton is closely woven and keeps its colour for years."),
    "Organic Cotton": (1.15, "The cotton is grown without pesticides and feels soft from day one."),
    "Linen": (1.4, "The linen is stonewashed, cool in summer and better with every wash."),
    "Hemp": (1.2, "Hemp is sturdy, dries quickly and needs little water to grow."),
    "Wool": (1.5, "The wool is warm without weight and airs clean overnight."),
    "Jute": (0.8, "Jute is a rough, honest fibre that hides the crumbs."),
    "Velvet": (1.35, "The velvet has a short pile that shifts with the light."),
    "Felt": (0.9, "Thick wool felt keeps its form and mutes every sound."),
    "Canvas": (0.9, "The canvas is heavy enough to stand up by itself."),
    "Waxed Canvas": (1.2, "A coat of wax keeps the rain out; rub in more once a year."),
    "Recycled Nylon": (1.0, "The nylon is spun from old fishing nets and weighs very little."),
    "Leather": (1.8, "The leather is tanned with bark and softens as it is used."),
    "Recycled Paper": (0.9, "The paper is made from office waste and takes ink without bleeding."),
    "Cotton Paper": (1.4, "Cotton paper is thick and soft, with a surface made for ink."),
    "Kraft Paper": (
        0.8,
        "Unbleached kraft paper is strong and goes into the paper bin afterwards.",
    ),
    "Cloth-Bound": (1.2, "The cover is book cloth, the sort that gets better with handling."),
    "Leather-Bound": (1.9, "The leather cover is stitched, not glued, and opens flat."),
    "Card-Bound": (0.8, "The card cover bends with the bag and keeps the weight down."),
    "Colombian": (1.0, "It tastes of caramel and red apple, with a round body."),
    "Ethiopian": (1.2, "Expect jasmine, lemon and a tea-like finish."),
    "Guatemalan": (1.1, "It brings cocoa, orange peel and a clean finish."),
    "Brazilian": (0.9, "It is nutty and mild, with very little acidity."),
    "Kenyan": (1.3, "It is bright as blackcurrant, with a long finish."),
    "Sumatran": (1.1, "It is dark, earthy and full, a favourite with milk."),
    "Assam": (0.9, "Assam brews strong and malty and stands up to milk."),
    "Ceylon": (1.0, "Ceylon is brisk and clear, good in the morning and over ice."),
    "Darjeeling": (1.5, "The first leaves of spring give it a light, flowery cup."),
    "Yunnan": (1.3, "Golden tips make it sweet, with a hint of cocoa."),
    "Peppermint": (0.8, "The whole leaves are dried slowly, which keeps the mint sharp."),
    "Chamomile": (0.9, "Only the flower heads go in, so the cup is soft and honeyed."),
    "Rooibos": (0.9, "Rooibos has no caffeine and never turns bitter."),
    "Ginger and Lemon": (1.0, "It warms first and refreshes afterwards."),
    "Hibiscus": (0.9, "It brews ruby red and pleasantly tart, hot or cold."),
    "Lavender": (1.0, "The lavender is distilled in July, when the scent is at its fullest."),
    "Cedarwood": (1.1, "Cedarwood smells dry and warm, like a freshly cut plank."),
    "Lemon Verbena": (1.0, "Lemon verbena is fresh without being sharp."),
    "Damask Rose": (1.4, "The rose is real and therefore discreet."),
    "Sea Salt": (0.9, "It smells of a windy day on the coast, and no stronger."),
    "Eucalyptus": (0.95, "Eucalyptus clears the head and leaves the air fresh."),
    "Unscented": (0.85, "No scent has been added, which suits a sensitive nose."),
}

CERAMICS = ("Stoneware", "Porcelain", "Earthenware")
WOODS = ("Pine", "Birch", "Beech", "Ash", "Oak", "Walnut")
BOARD_WOODS = ("Beech", "Acacia", "Oak", "Walnut", "Bamboo")
GLASSES = ("Recycled Glass", "Pressed Glass", "Borosilicate Glass")
PANS = ("Stainless Steel", "Carbon Steel", "Cast Iron", "Copper")
METALS = ("Stainless Steel", "Copper", "Brass", "Aluminium")
FABRICS = ("Cotton", "Organic Cotton", "Linen", "Hemp")
WARM_FABRICS = ("Cotton", "Linen", "Wool", "Velvet")
BAG_FABRICS = ("Canvas", "Waxed Canvas", "Recycled Nylon", "Leather")
PAPERS = ("Recycled Paper", "Cotton Paper", "Kraft Paper")
BINDINGS = ("Card-Bound", "Cloth-Bound", "Leather-Bound")
COFFEES = ("Colombian", "Ethiopian", "Guatemalan", "Brazilian", "Kenyan", "Sumatran")
TEAS = ("Assam", "Ceylon", "Darjeeling", "Yunnan")
HERBS = ("Peppermint", "Chamomile", "Rooibos", "Ginger and Lemon", "Hibiscus")
SCENTS = (
    "Lavender",
    "Cedarwood",
    "Lemon Verbena",
    "Damask Rose",
    "Sea Salt",
    "Eucalyptus",
    "Unscented",
)


def coloured(*names: str) -> tuple[str, ...]:
    return tuple(f" in {name}" for name in names)


GLAZES = coloured(
    "Chalk White", "Sage", "Slate Blue", "Sand", "Charcoal", "Blush", "Ochre", "Forest Green"
)
DYES = coloured(
    "Natural", "Indigo", "Rust", "Olive", "Dusty Pink", "Mustard", "Graphite", "Sea Green"
)
WOOD_FINISHES = coloured("Clear Oil", "White Oil", "Black Stain", "Smoked Finish", "Soap Finish")
LACQUERS = coloured("Matt Black", "Cream", "Brick Red", "Petrol Blue", "Moss Green", "Pale Grey")
TINTS = coloured("Clear", "Smoke", "Amber", "Pale Green", "Soft Blue")
PLAIN = ("",)

# What follows a title, and what it does to the price.
SETS = {"": 1.0, ", Set of 2": 1.9, ", Set of 4": 3.6, ", Set of 6": 5.2}
SIZES = {", Small": 0.8, ", Medium": 1.0, ", Large": 1.3, ", Extra Large": 1.65}
TWO_SIZES = {", Small": 0.8, ", Large": 1.3}
PACKS = {", Pack of 5": 1.0, ", Pack of 10": 1.85, ", Pack of 25": 4.2}
ONE_SIZE = {"": 1.0}
WEIGHTS = {", 250 g": 1.0, ", 500 g": 1.85, ", 1 kg": 3.5}
LOOSE = {", 50 g": 0.6, ", 100 g": 1.0, ", 250 g": 2.3}
VOLUMES = {", 100 ml": 0.7, ", 250 ml": 1.0, ", 500 ml": 1.7}
