"""What people typed, as far as a mail of the shop may carry it."""

import re
from unicodedata import category

# A scheme, a "www", or a dot between letters or digits and letters, as in evil.example.
WEB_ADDRESS = re.compile(r"://|\bwww\b|\w\.[^\W\d_]{2}", re.IGNORECASE)
LONGEST_NAME = 40
MOST_WORDS = 3


def plain_name(text: str) -> str:
    """Return a name to greet somebody by, empty where it may be more than a name."""
    is_name = all(char in " -'’" or category(char)[0] in "LM" for char in text)
    is_short = len(text) <= LONGEST_NAME and len(text.split()) <= MOST_WORDS
    return text if is_name and is_short else ""


def holds_web_address(*texts: str | None) -> bool:
    return any(text and WEB_ADDRESS.search(text) for text in texts)
