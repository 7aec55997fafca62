"""Products by the words and the parts of their texts, from the indexes of each database.

The indexes are no part of any model: migration 0020 makes them, generated columns or triggers fill them.
"""

from .conditions import Finding, HasParts, HasTitle, conditions_of
from .words import Word, words_of

__all__ = ["Finding", "HasParts", "HasTitle", "Word", "conditions_of", "words_of"]
