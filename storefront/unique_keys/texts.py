import unicodedata

# What NFKC makes of one character at most.
LONGEST_EXPANSION = 18


def nfkc(text: str, max_length: int | None = None) -> str:
    """Return a text in NFKC; one that is beyond `max_length` in any form is left as it is."""
    # Four characters, a letter with marks, may become one; of more, normalising is only a waste of time.
    if max_length is not None and len(text) > 4 * max_length:
        return text
    return unicodedata.normalize("NFKC", text)


def nfkc_casefold(text: str) -> str:
    """Return what two spellings of a text have in common, whatever their case and width."""
    return nfkc(nfkc(text).casefold())
