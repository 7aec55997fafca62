from typing import Any, cast

from django_filters.utils import translate_validation
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from storefront.permissions import holds

from ..filters import ProductFilter, ProductSearchFilter
from ..models import Product
from ..models.catalog import ProductQuerySet
from ..serializers.facets import FacetsSerializer
from ..serializers.suggestions import SuggestionQuerySerializer, SuggestionsSerializer
from ..services.facets import count_facets
from ..services.suggestions import suggest

# The filter by words.
WORDS = "q"


class FacetsMixin(viewsets.GenericViewSet):
    """What the products of a list can be narrowed by."""

    # Whether an action counts what the list has, under its filters.
    counts_list = False

    @action(detail=False, pagination_class=None, counts_list=True)
    def facets(self, request: Request) -> Response:
        """Count the products that each choice of a filter would leave; the counts may be some seconds old."""
        narrowed = Narrowed(request, self)
        kept = count_facets(narrowed.without, key=narrowed.key)
        return Response(FacetsSerializer(kept.counts).data, headers={"Age": str(kept.age)})


class SuggestMixin(viewsets.GenericViewSet):
    """What somebody may mean who is still typing."""

    query_class: type[Serializer] = Serializer

    @action(detail=False, pagination_class=None, query_class=SuggestionQuerySerializer)
    def suggest(self, request: Request) -> Response:
        """Suggest products, collections and tags by the beginnings of their words, ten in all at most."""
        asked = self.query_class(data=request.query_params)
        asked.is_valid(raise_exception=True)
        products = Product.objects.visible_to(request.user).with_images()
        found = suggest(text=asked.validated_data["q"], products=products)
        context = self.get_serializer_context()
        return Response(SuggestionsSerializer(found._asdict(), context=context).data)


class Narrowed:
    """The products that a request asks for, with and without some of its filters."""

    def __init__(self, request: Request, view: Any) -> None:
        self.request, self.view = request, view
        asked = ProductFilter(request.query_params, self.visible(), request=request)
        if not asked.is_valid():
            raise translate_validation(asked.errors)
        self.filters = asked.filters
        # Looked up once: no facet chooses among the words or the texts that are searched for.
        words = {name: value for name, value in request.query_params.items() if name == WORDS}
        found = ProductFilter(words, self.visible(), request=request).qs
        self.found: Any = ProductSearchFilter().filter_queryset(request, found, view)
        self.narrowed: dict[frozenset[str], ProductQuerySet] = {}

    @property
    def key(self) -> str:
        """What all requests have in common that get the same counts."""
        names = sorted({*self.filters, ProductSearchFilter.search_param})
        asked = [(name, self.request.query_params.getlist(name)) for name in names]
        is_personal = any(
            getattr(self.filters.get(name), "is_personal", False) and any(values)
            for name, values in asked
        )
        user: Any = self.request.user
        sees_all = holds(user, "store.view_product")
        return repr((asked, sees_all, getattr(user, "pk", None) if is_personal else None))

    def without(self, names: frozenset[str]) -> ProductQuerySet:
        if names not in self.narrowed:
            parameters = self.request.query_params.copy()
            for name in (*names, WORDS):
                parameters.pop(name, None)
            found = ProductFilter(parameters, self.found.all(), request=self.request).qs
            self.narrowed[names] = cast(ProductQuerySet, found)
        return self.narrowed[names]

    def visible(self) -> ProductQuerySet:
        return Product.objects.visible_to(self.request.user)
