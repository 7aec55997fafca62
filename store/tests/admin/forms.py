"""What a browser sends from the forms of the admin."""

from typing import Any

from django.http import HttpResponse

from store.models import Customer, Order, Product


def inline(prefix: str, rows: list[dict[str, Any]], initial: int = 0) -> dict[str, Any]:
    fields: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": initial,
    }
    for number, row in enumerate(rows):
        fields |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return fields


def product_form(product: Product, **changes: Any) -> dict[str, Any]:
    return {
        "title": product.title,
        "slug": product.slug,
        "description": product.description or "",
        "unit_price": product.unit_price,
        "inventory": product.inventory,
        "initial-inventory": product.inventory,
        "collection": product.collection_id,
        "is_published": "on",
        **inline("images", []),
        **inline("tags-taggeditem-content_type-object_id", []),
        **changes,
    }


def order_form(customer: Customer, *lines: tuple[Product, Any]) -> dict[str, Any]:
    rows = [{"product": product.pk, "quantity": quantity} for product, quantity in lines]
    return {"customer": customer.pk, "payment_status": "P", **inline("items", rows)}


def errors_in(response: HttpResponse) -> list[str]:
    """Return every error that a form of the admin shows."""
    assert response.status_code == 200
    messages: list[str] = []
    for errors in response.context["errors"]:
        messages += [errors] if isinstance(errors, str) else errors
    return messages


def messages_in(response: HttpResponse) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def titles_in(response: HttpResponse) -> list[str]:
    """Return the rows of a change list, as they call themselves."""
    return [str(row) for row in response.context["cl"].result_list]


def steps_of(order: Order) -> list[tuple[str | None, str, int | None]]:
    """Return the history of an order, oldest first: from where, to where, by whom."""
    changes = order.status_changes.order_by("id")
    return list(changes.values_list("from_status", "to_status", "changed_by_id"))
