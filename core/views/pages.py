from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from store.models import Collection, Customer, Order, Product


def home(request: HttpRequest) -> HttpResponse:
    """Show what runs here, where to go, and how much the shop holds now."""
    counts = {
        "products": Product.objects.count(),
        "collections": Collection.objects.count(),
        "customers": Customer.objects.count(),
        "orders": Order.objects.count(),
    }
    return render(request, "core/home.html", {"counts": counts})
