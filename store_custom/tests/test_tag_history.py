"""Tags of products: added and taken away for many at once, told in their history, and taken back."""

from typing import Any

import pytest
from model_bakery import baker

from core.models import User
from history.models import Change, Operation
from history.taking_back import take_back
from store.models import Product
from store.services.bulk_edits import RelationEdit, apply_edit, preview_edit
from store_custom.tagging import ProductTags
from tags.models import Tag, TaggedItem

pytestmark = pytest.mark.django_db


def edit(tag: Tag, products: list[Product], *, is_added: bool) -> None:
    change = RelationEdit(ProductTags(), tag, is_added)
    preview = preview_edit(edit=change, keys=[product.pk for product in products])
    apply_edit(edit=change, changes=preview.changes, by=baker.make(User))


def tagged(tag: Tag) -> list[int]:
    return list(tag.items.order_by("object_id").values_list("object_id", flat=True))


def told(product: Product) -> list[Any]:
    changes = Change.objects.of(Product, product.pk).filter(kind="U").order_by("pk")
    return list(changes.values_list("fields", flat=True))


@pytest.fixture
def tag() -> Tag:
    return baker.make(Tag, label="new")


@pytest.fixture
def products(tag: Tag) -> list[Product]:
    products = baker.make(Product, 3)
    TaggedItem.objects.create(tag=tag, content_object=products[0])
    return products


def test_a_tag_that_one_carries_already_is_added_to_the_others(tag: Tag, products: Any) -> None:
    edit(tag, products, is_added=True)

    assert tagged(tag) == [product.pk for product in products]
    assert [told(product) for product in products] == [[{"tags": [[], [tag.pk]]}]] * 3


def test_taken_away_it_is_gone_from_those_alone(tag: Tag, products: Any) -> None:
    edit(tag, products, is_added=True)
    edit(tag, products[:2], is_added=False)

    assert tagged(tag) == [products[2].pk]
    assert told(products[1])[-1] == {"tags": [[tag.pk], []]}


def test_taken_back_who_had_it_before_keeps_it(tag: Tag, products: Any) -> None:
    edit(tag, products, is_added=True)
    take_back(operation=Operation.objects.get(), by=baker.make(User))

    assert tagged(tag) == [products[0].pk]


def test_a_tag_of_one_product_is_told_when_it_goes(tag: Tag, products: Any) -> None:
    TaggedItem.objects.get().delete()

    assert told(products[0]) == [{"tags": [[], [tag.pk]]}, {"tags": [[tag.pk], []]}]
