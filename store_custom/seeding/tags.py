"""What the other two apps hang on the catalogue: tags and likes."""

from collections.abc import Iterator
from random import Random

from django.contrib.contenttypes.models import ContentType

from likes.models import LikedItem
from store.models import Customer, Product
from tags.models import Tag, TaggedItem

from .catalog import Good
from .goods import ASSORTMENTS
from .rows import insert, insert_all

# A word in the name of the material -> its tag.
MATERIAL_TAGS = {"Recycled": "Recycled", "Organic": "Organic", "Wool": "Wool", "Linen": "Linen"}
ANY_TAGS = ("New season", "Staff pick", "Handmade")


class Tagger:
    """Tags the catalogue as it comes in, a batch at a time."""

    def __init__(self) -> None:
        own = [label for assortment in ASSORTMENTS for label in assortment.tags]
        labels = sorted({*own, *MATERIAL_TAGS.values(), *ANY_TAGS})
        self.tags = {label: Tag(label=label) for label in labels}
        insert(list(self.tags.values()), key="label")
        self.content_type = ContentType.objects.get_for_model(Product)
        self.random = Random("tags")

    def tag(self, batch: list[Good]) -> None:
        insert_all(TaggedItem, self.tagged_items(batch))

    def tagged_items(self, batch: list[Good]) -> Iterator[TaggedItem]:
        for good in batch:
            for label in self.labels_for(good):
                yield TaggedItem(
                    tag=self.tags[label],
                    content_type=self.content_type,
                    object_id=good.product.pk,
                )

    def labels_for(self, good: Good) -> set[str]:
        labels = {label for word, label in MATERIAL_TAGS.items() if word in good.design.material}
        if self.random.random() < 0.4:
            labels.add(self.random.choice(good.assortment.tags))
        if self.random.random() < 0.15:
            labels.add(self.random.choice(ANY_TAGS))
        return labels


def insert_likes(*, customers: list[Customer], products: list[Product]) -> None:
    """Let most of the customers like a handful of products."""
    random = Random("likes")
    content_type = ContentType.objects.get_for_model(Product)
    insert_all(
        LikedItem,
        (
            LikedItem(user=customer.user, content_type=content_type, object_id=product.pk)
            for customer in customers
            for product in random.sample(products, min(random.randint(1, 12), len(products)))
        ),
    )
