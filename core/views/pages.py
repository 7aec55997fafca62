from typing import NamedTuple

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from store.models import Collection, Customer, Order, Product, Review

COUNTED: list[type[Model]] = [Product, Collection, Customer, Order, Review]


class Endpoint(NamedTuple):
    """A list of the API: its path, what it holds, and whose it is ("" for everybody)."""

    path: str
    holds: str
    readers: str = ""


ENDPOINTS = [
    Endpoint("/store/products/", "Products: filter, search, order, page by page"),
    Endpoint("/store/collections/", "Collections, with the number of their products"),
    Endpoint("/tags/", "Tags"),
    Endpoint("/tags/items/", "What carries which tag"),
    Endpoint("/store/customers/me/", "Your customer profile", "signed in"),
    Endpoint("/store/orders/", "Your orders; staff who may see them, every order", "signed in"),
    Endpoint("/likes/", "What you like", "signed in"),
    Endpoint("/auth/users/me/", "Your account", "signed in"),
    Endpoint("/store/customers/", "Customers", "staff"),
]


def home(request: HttpRequest) -> HttpResponse:
    """Show what runs here, where to go, and how much the shop holds now."""
    counts = {
        model._meta.verbose_name_plural: f"{model._default_manager.count():,}" for model in COUNTED
    }
    return render(request, "core/home.html", {"counts": counts, "endpoints": ENDPOINTS})


def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers, which ask for the icon at the root, to the file."""
    return redirect(static("core/favicon.ico"))
