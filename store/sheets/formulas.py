# What makes a spreadsheet take a text for a formula; in East Asian ones the full-width signs do too.
FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r\n")


def looks_computed(text: str) -> bool:
    """Tell whether a spreadsheet would compute a text, or take off the apostrophes that keep it from that."""
    bare = text.lstrip("'")
    return any(start.startswith(FORMULA_STARTS) for start in (bare, bare.lstrip()))


def escape_formula(cell: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would compute."""
    return f"'{cell}" if isinstance(cell, str) and looks_computed(cell) else cell


def unescape_formula(text: str) -> str:
    """Return what `escape_formula` was given."""
    return text[1:] if text.startswith("'") and looks_computed(text) else text
