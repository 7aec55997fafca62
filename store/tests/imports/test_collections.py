from typing import Any

import pytest

from store.models import Collection, Product
from store.services.imports import apply_import, undo_import

from .conftest import rows_of

pytestmark = pytest.mark.django_db


def test_a_new_collection_and_a_renamed_one(
    collection: Collection, product: Product, check: Any, carry_out: Any
) -> None:
    run = check("id,title,featured_product", f"{collection.pk},Cooking,", f",Garden,{product.pk}")
    assert rows_of(run) == [
        (2, "C", {"title": ["Kitchen", "Cooking"]}),
        (3, "N", {"title": [None, "Garden"], "featured_product": [None, product.pk]}),
    ]
    carry_out(apply_import, run, by=None)
    titles = Collection.objects.values_list("title", "featured_product")
    assert [*titles] == [("Cooking", None), ("Garden", product.pk)]

    carry_out(undo_import, run)
    assert [*Collection.objects.values_list("title", flat=True)] == ["Kitchen"]


@pytest.mark.parametrize(
    ("line", "errors"),
    [
        (",Twice,", [["title", "2 collections have this title; write the id."]]),
        ("999999,Garden,", [["id", "No collection has this id."]]),
        (",,", None),
        (
            ",Garden,nothing",
            [["featured_product", "No product has the id or SKU “nothing”."]],
        ),
    ],
)
def test_refusals(line: str, errors: Any, check: Any) -> None:
    Collection.objects.bulk_create(Collection(title="Twice") for _ in range(2))
    run = check("id,title,featured_product", line)
    if errors is None:
        # An empty row is none.
        assert run.problem == "The sheet has no rows but the first."
    else:
        assert rows_of(run) == [(2, "E", errors)]
    assert Collection.objects.count() == 2


def test_a_collection_with_products_stays(make_product: Any, check: Any, carry_out: Any) -> None:
    run = check("title", "Garden", kind="collections")
    carry_out(apply_import, run, by=None)
    make_product(collection=Collection.objects.get(title="Garden"))
    carry_out(undo_import, run)
    assert (run.undone, run.kept) == (0, 1)
