from django.db import models

from storefront.models import PartialUpdateModel
from storefront.unique_keys.exact import ExactCharField

# What a database indexes of a word.
LONGEST = 80


class KnownWord(PartialUpdateModel):
    """A word of the products, for what a misspelt one may mean; `learn_words` collects them."""

    text = ExactCharField(max_length=LONGEST)
    # An index finds the start of a text only, and a word may be misspelt there.
    reversed = ExactCharField(max_length=LONGEST)
    # That have it, about.
    products = models.BigIntegerField()

    class Meta:
        ordering = ["text"]
        default_permissions = ()
        db_table = "store_word"
        indexes = [
            models.Index(fields=["text"], name="word_text"),
            models.Index(fields=["reversed"], name="word_reversed"),
        ]
        constraints = [models.UniqueConstraint(fields=["text"], name="word_text_unique")]

    def __str__(self) -> str:
        return self.text
