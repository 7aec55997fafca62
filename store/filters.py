from collections import OrderedDict
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.forms import ModelChoiceField
from django.forms import ValidationError as FormError
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.fields import CharField
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.views import APIView

from storefront.converters import is_key
from storefront.filters import MAX_REPEATED, FilterSet, RepeatedField, WholeNumbersField
from storefront.supplied import supplied_as

from .fulltext import Finding
from .fulltext.plans import BEST_FIRST, unranked
from .models import Collection, Product, Review
from .models.catalog import ProductQuerySet
from .money import HUNDREDTH
from .search import WordsFilter

# Characters.
LONGEST_SEARCH = 255
# More than any float that a front-end computes.
MAX_DECIMAL_PLACES = 20


class CollectionsField(RepeatedField):
    """The ids of collections that are there."""

    def to_python(self, value: Any) -> list[int]:
        texts = super().to_python(value)
        ids = [int(text) for text in texts if is_key(text)]
        known = Collection.objects.filter(pk__in=ids).count() if ids else 0
        if known < len({*texts}):
            raise FormError(ModelChoiceField.default_error_messages["invalid_choice"])
        return ids


@extend_schema_field({"type": "array", "items": {"type": "integer"}, "maxItems": MAX_REPEATED})
class CollectionFilter(filters.Filter):
    """Products of one of some collections; the form shows a box for an id, not every collection."""

    field_class = CollectionsField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            field_name="collection",
            label="Collection id",
            help_text="May be repeated: products of any of them.",
            **kwargs,
        )

    def filter(self, queryset: QuerySet, value: list[int] | None) -> QuerySet:
        if not value:
            return queryset
        # One alone is read in the order of an index.
        return (
            queryset.filter(collection=value[0])
            if len(value) == 1
            else (queryset.filter(collection__in=value))
        )


class PriceFilter(filters.NumberFilter):
    """A bound on the list price, before tax."""

    def __init__(self, lookup_expr: str, label: str) -> None:
        super().__init__(
            field_name="unit_price",
            lookup_expr=lookup_expr,
            label=label,
            # Beyond every price, and safe to hand to every database.
            max_value=Decimal(10) ** 9,
            min_value=-(Decimal(10) ** 9),
            decimal_places=MAX_DECIMAL_PLACES,
        )
        # To the hundredth that keeps the bound, as the column has; a database would round to the nearest.
        self.rounding = ROUND_FLOOR if lookup_expr in ("gt", "lte") else ROUND_CEILING

    def filter(self, queryset: QuerySet, value: Decimal | None) -> QuerySet:
        if value is not None:
            value = value.quantize(HUNDREDTH, rounding=self.rounding)
        return super().filter(queryset, value)


@extend_schema_field({"type": "string", "examples": ["1,2,3"]})
class IdsFilter(filters.Filter):
    """Products by their ids."""

    field_class = WholeNumbersField

    def filter(self, queryset: QuerySet, value: list[int] | None) -> QuerySet:
        return queryset if value is None else queryset.filter(pk__in=value)


class ProductFilter(FilterSet):
    collection_id = CollectionFilter()
    collection = CollectionFilter()
    unit_price__gt = PriceFilter("gt", "Price above")
    unit_price__lt = PriceFilter("lt", "Price below")
    price_min = PriceFilter("gte", "Price from")
    price_max = PriceFilter("lte", "Price up to")
    q = WordsFilter()
    # Blanks are part of a text that is compared exactly.
    sku = filters.CharFilter(label="SKU, exactly", max_length=64, strip=False)
    slug = filters.CharFilter(lookup_expr="exactly", label="Slug, exactly", max_length=255)
    ids = IdsFilter(label="Ids, with commas between them", help_text="At most 100.")
    featured = filters.BooleanFilter(
        method="filter_featured",
        label="Featured",
        help_text="Products that a collection features.",
    )
    in_stock = filters.BooleanFilter(
        method="filter_in_stock",
        label="In stock",
        help_text="Any of true, 1, yes, on, or of false, 0, no, off.",
    )
    rating_min = filters.NumberFilter(
        method="filter_rating_min",
        label="Average rating from",
        min_value=1,
        max_value=5,
        decimal_places=MAX_DECIMAL_PLACES,
    )

    class Meta:
        model = Product
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> "OrderedDict[str, filters.Filter]":
        """Add the filters that other installed apps supply through STORE_PRODUCT_FILTERS."""
        found = super().get_filters()
        for name, supplied in supplied_as(settings.STORE_PRODUCT_FILTERS).items():
            found[name] = supplied()
        return found

    def filter_in_stock(self, queryset: ProductQuerySet, name: str, value: bool) -> QuerySet:
        return queryset.in_stock() if value else queryset.sold_out()

    def filter_featured(self, queryset: ProductQuerySet, name: str, value: bool) -> QuerySet:
        return queryset.featured(value)

    def filter_rating_min(self, queryset: QuerySet, name: str, value: Decimal) -> QuerySet:
        return queryset.filter(pk__in=Review.objects.products_rated_at_least(value))


class BoundedSearchFilter(SearchFilter):
    """Search for every word of a text that is no longer than a title."""

    def get_search_terms(self, request: Request) -> list[str]:
        text = request.query_params.get(self.search_param)
        if not text:
            return []
        try:
            # Databases limit the length of a pattern and the number of conditions in a query.
            CharField(allow_blank=True, max_length=LONGEST_SEARCH).run_validation(text)
        except ValidationError as error:
            raise ValidationError({self.search_param: error.detail}) from error
        return super().get_search_terms(request)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            parameter["schema"]["maxLength"] = LONGEST_SEARCH
        return parameters


class ProductSearchFilter(BoundedSearchFilter):
    search_description = (
        "Finds the products that have each of these words in the title, the SKU, the description "
        "or the title of their collection. What stands in quotation marks is searched as it is."
    )

    def filter_queryset(self, request: Request, queryset: Any, view: APIView) -> QuerySet:
        return queryset.containing(self.get_search_terms(request))


class StableOrderingFilter(OrderingFilter):
    """Order by the field asked for, then by id in the same direction, so that pages never overlap."""

    is_ranked = False

    def get_default_ordering(self, view: APIView) -> Sequence[str] | None:
        return [BEST_FIRST, "id"] if self.is_ranked else super().get_default_ordering(view)

    def filter_queryset(self, request: Request, queryset: Any, view: APIView) -> QuerySet:
        names = self.get_ordering(request, queryset, view)
        found = queryset.order_by(
            *(nulls_last(queryset, name) for name in unranked(queryset, names))
        )
        # How what was found is read is decided with the page: where it is little, by its rank.
        found.names = names
        return found

    def get_ordering(self, request: Request, queryset: QuerySet, view: APIView) -> list[str]:
        self.is_ranked = bool(getattr(queryset, "finding", Finding()).words)
        # The first mention of a field decides; databases limit the length of an ORDER BY.
        ordering: dict[str, str] = {}
        for field in super().get_ordering(request, queryset, view) or []:
            ordering.setdefault(field.removeprefix("-"), field)
        descending = bool(ordering) and [*ordering.values()][-1].startswith("-")
        ordering.setdefault("id", "-id" if descending else "id")
        return [*ordering.values()]


def nulls_last(queryset: QuerySet, name: Any) -> Any:
    """Return a part of an order that puts what has no value last in both directions, on every database."""
    if not isinstance(name, str) or name.lstrip("-") in queryset.query.annotations:
        return name
    if not queryset.model._meta.get_field(name.lstrip("-")).null:
        return name
    field = F(name.lstrip("-"))
    return field.desc(nulls_last=True) if name.startswith("-") else field.asc(nulls_last=True)
