"""What is cached: the reads of the catalogue, and which products each of their responses shows."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.urls import ResolverMatch

from ..filters import ProductFilter
from ..fulltext.plans import finds_at_once
from ..labels import product_labels

# What of Accept asks for the first renderer as it is.
JSON_OR_ANY = {"application/json", "application/problem+json", "text/plain", "*/*"}

Stock = dict[int, int]


def of_page(data: Any) -> Stock:
    return {product["id"]: product["inventory"] for product in data["results"]}


def of_product(data: Any) -> Stock:
    return {data["id"]: data["inventory"]}


def of_none(data: Any) -> Stock:
    return {}


# By the name of the route: the stock that a response shows, by product. Orders change it without a new version.
SHOWN_STOCK: dict[str, Callable[[Any], Stock]] = {
    "product-list": of_page,
    "product-detail": of_product,
    "collection-featured": of_product,
    "product-image-list": of_none,
    "product-image-detail": of_none,
    "collection-list": of_none,
    "collection-detail": of_none,
}
# Filters of the product list whose result changes with the catalogue's version alone, unlike stock, tags and reviews.
VERSIONED_FILTERS = {
    *("collection_id", "collection", "unit_price__gt", "unit_price__lt", "price_min", "price_max"),
    "q",
}


def cache_key(request: HttpRequest) -> tuple[str, str, str] | None:
    """Return what all requests have in common that get the same response; None unless a visitor sent it."""
    sent = request.META
    accepted = {*sent.get("HTTP_ACCEPT", "*/*").replace(" ", "").split(",")}
    is_visitor = (
        request.method in ("GET", "HEAD")
        and "HTTP_AUTHORIZATION" not in sent
        and accepted <= JSON_OR_ANY
        # A front-end names it beside the others; alone it is refused.
        and accepted != {"text/plain"}
        and ("HTTP_COOKIE" not in sent or settings.SESSION_COOKIE_NAME not in request.COOKIES)
        and not names_format(sent["QUERY_STRING"])
    )
    if not is_visitor:
        return None
    try:
        # Links name the host.
        return f"{request.scheme}://{request.get_host()}", request.path, sent["QUERY_STRING"]
    except DisallowedHost:
        # The middleware that follows says what is wrong with it.
        return None


def names_format(query: str) -> bool:
    """Tell whether a query string may say which format the response has, in whatever encoding."""
    return "format=" in query or ("%" in query and "format=" in unquote_plus(query))


def stock_shown(match: ResolverMatch, data: Any) -> Stock | None:
    """Return the stock that a response shows; None of a body that does not tell it for each product."""
    try:
        return SHOWN_STOCK[match.view_name](data)
    except (KeyError, TypeError):
        return None


def is_versioned(match: ResolverMatch, parameters: Mapping[str, str]) -> bool:
    """Tell whether a response changes only with the catalogue's version and the stock that it shows."""
    view: Any = getattr(match.func, "cls", None)
    filters = (getattr(view, "filterset_class", None) or ProductFilter).base_filters
    asked = {name for name in filters if parameters.get(name)}
    # A picture's address that is signed expires.
    is_signed = getattr(default_storage, "querystring_auth", False)
    # Labels of other apps, such as tags, change without a new version.
    finds_versioned = finds_at_once() and not product_labels()
    return not is_signed and asked <= VERSIONED_FILTERS and ("q" not in asked or finds_versioned)
