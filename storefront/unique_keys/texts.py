import unicodedata
from typing import Literal

# What NFKC makes of one character at most.
LONGEST_EXPANSION = 18
# Characters of any text that is compared in NFKC, a password being the longest. Marks in a row take time by the
# square of their number, in which no other thread runs: 0.1 s for as many as this, a minute for 100,000.
LONGEST = 4096


def nfkc(text: str, max_length: int = LONGEST) -> str:
    """Return a text in NFKC; one that is beyond `max_length` in any form is left as it is."""
    # Four characters, a letter with marks, may become one; of more, normalising is only a waste of time.
    return normalized("NFKC", text, min(4 * max_length, LONGEST))


def nfd(text: str) -> str:
    """Return a text with its letters and their marks apart; one that is too long is left as it is."""
    return normalized("NFD", text, LONGEST)


def normalized(form: Literal["NFKC", "NFD"], text: str, longest: int) -> str:
    return text if len(text) > longest else unicodedata.normalize(form, text)


def nfkc_casefold(text: str) -> str:
    """Return what two spellings of a text have in common, whatever their case and width."""
    return nfkc(nfkc(text).casefold())
