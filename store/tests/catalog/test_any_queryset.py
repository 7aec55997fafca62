"""Pages of whatever queryset a developer of the shop lists: none has the rows, the count or the order of another."""

import pytest
from django.db.models import F, FilteredRelation, Prefetch, Q

from store.models import Collection, Product, ProductImage
from store.pagination import listings
from store.pagination.pages import ListingPaginator

pytestmark = pytest.mark.django_db
TITLED = Product.objects.order_by("title", "id")


@pytest.fixture
def shelf(make_product):
    return [
        make_product(
            title=f"Cup {number}",
            description=None if number % 2 else f"Number {number}",
            unit_price=10 + number,
        )
        for number in range(9)
    ]


@pytest.fixture
def other(shelf):
    """A collection of the second cup, which features the first."""
    other = Collection.objects.create(title="Garden", featured_product=shelf[0])
    Product.objects.filter(pk=shelf[1].pk).update(collection=other)
    return other


def page(queryset, number=1):
    return [*ListingPaginator(queryset, 3).page(number).object_list]


def shown(queryset):
    """Return the rows of all pages."""
    paginator = ListingPaginator(queryset, 3)
    return [row for number in paginator.page_range for row in page(queryset, number)]


def with_image_named(name):
    named = FilteredRelation("images", condition=Q(images__image=name))
    return TITLED.annotate(named=named).filter(named__id__gt=0)


def in_collections_after(shift):
    shifted = Collection.objects.annotate(shifted=F("id") + shift).values("shifted")
    return TITLED.filter(collection__in=shifted)


# Pairs that differ in what a developer may well overlook.
PAIRS = {
    "annotation": lambda: (TITLED.alias(n=F("unit_price")), TITLED.alias(n=F("id") * 99)),
    "joined tables": lambda: (
        TITLED.filter(collection__featured_product__title="Cup 0"),
        TITLED.filter(collection__products__title="Cup 0"),
    ),
    "filtered relation": lambda: (with_image_named("a.png"), with_image_named("b.png")),
    "subquery": lambda: (in_collections_after(0), in_collections_after(1000)),
    "direction": lambda: (TITLED, TITLED.reverse()),
    "negation": lambda: (TITLED.filter(title="Cup 1"), TITLED.exclude(title="Cup 1")),
    "connector": lambda: (
        TITLED.filter(Q(title="Cup 1") | Q(slug="cup")),
        TITLED.filter(Q(title="Cup 1") & Q(slug="cup")),
    ),
    "place of nulls": lambda: (
        Product.objects.order_by(F("description").asc(nulls_first=True), "id"),
        Product.objects.order_by(F("description").asc(nulls_last=True), "id"),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_has_its_own_rows(shelf, other, name):
    ProductImage.objects.create(product=shelf[4], image="a.png")

    for queryset in PAIRS[name]():
        if name == "annotation":
            queryset = queryset.filter(n__gt=15)
        assert shown(queryset) == [*queryset]
        assert ListingPaginator(queryset, 3).count == queryset.count()


def test_has_what_it_annotates(shelf):
    page(TITLED)

    assert page(TITLED.annotate(double=F("unit_price") * 2))[0].double == 20
    assert page(TITLED.extra(select={"one": "1"}))[0].one == 1


def test_has_what_it_prefetches(shelf):
    page(TITLED)

    assert page(TITLED.prefetch_related(Prefetch("images", to_attr="pictures")))[0].pictures == []


def test_may_have_no_instances(shelf):
    page(TITLED)

    assert page(TITLED.values("title"))[0] == {"title": "Cup 0"}
    assert page(TITLED.values_list("title", flat=True))[0] == "Cup 0"


def test_may_be_of_another_model(other):
    assert page(Collection.objects.order_by("title", "id"))[0] == other


def test_of_joined_rows_without_versions_is_counted_anew(shelf, item):
    queryset = TITLED.filter(cartitems__product__title="Teapot")
    assert ListingPaginator(queryset, 3).count == 1

    item.delete()

    assert ListingPaginator(queryset, 3).count == 0


@pytest.mark.parametrize(
    "order",
    [
        ("description", "id"),
        ("-description", "-id"),
        ("inventory", "id"),
        ("collection", "id"),
        ("-unit_price", "-id"),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_far_pages_have_their_rows(monkeypatch, shelf, other, order, is_reversed):
    monkeypatch.setattr(listings, "FAR", 2)
    queryset = Product.objects.order_by(*order)
    queryset = queryset.reverse() if is_reversed else queryset

    for number in (2, 3, 2, 3):
        assert page(queryset, number) == [*queryset][3 * number - 3 : 3 * number]


def test_a_far_page_by_stock_follows_the_orders(monkeypatch, shelf):
    monkeypatch.setattr(listings, "FAR", 2)
    queryset = Product.objects.order_by("inventory", "id")
    page(queryset, 2)

    Product.objects.filter(pk=shelf[8].pk).update(inventory=0)

    for number in (2, 3):
        assert page(queryset, number) == [*queryset][3 * number - 3 : 3 * number]
