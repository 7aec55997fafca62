"""Whoever is timed on the same work must give the same response."""

import json
from typing import Any

from .clients import Client
from .servers import Server


class BodiesDiffer(Exception):
    """Two contestants answer differently, so there is nothing to compare."""


def require_same(servers: list[Server], path: str) -> None:
    """Ask each server for the path and compare what they answer; raises BodiesDiffer."""
    first, *others = servers
    expected = answer(first, path)
    for other in others:
        if found := difference(expected, answer(other, path)):
            raise BodiesDiffer(f"{path}: {first.name} and {other.name} differ at {found}")


def answer(server: Server, path: str) -> Any:
    found = Client(server.port).get(path)
    if found.status != 200:
        raise BodiesDiffer(f"{server.name} answers {path} with {found.status}.")
    # Each is at an address of its own.
    return json.loads(found.content.replace(server.address.encode(), b""))


def difference(expected: Any, found: Any, where: str = "") -> str | None:
    """Return where two bodies first differ, and in what; None where they are the same."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        pairs = [(f"{where}.{key}", expected[key], found[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        both = zip(expected, found, strict=True)
        pairs = [(f"{where}[{place}]", *pair) for place, pair in enumerate(both)]
    else:
        return None if expected == found else f"{where}: {expected!r}, {found!r}"
    return next(filter(None, (difference(old, new, at) for at, old, new in pairs)), None)


def require_same_carts(servers: list[Server]) -> None:
    """Fill a cart with each server and compare what they show; raises BodiesDiffer."""
    first, *others = servers
    expected = filled_cart(first)
    for other in others:
        if found := difference(expected, filled_cart(other)):
            raise BodiesDiffer(f"Carts: {first.name} and {other.name} differ at {found}")


def filled_cart(server: Server) -> Any:
    """Return a cart with two products, without what differs from cart to cart."""
    client = Client(server.port)
    cart = f"/store/carts/{client.post('/store/carts/', {})['id']}/"
    for product_id in (1, 2):
        client.post(f"{cart}items/", {"product_id": product_id, "quantity": product_id})
    # Each is at an address of its own, which the pictures have.
    shown = json.loads(client.get(cart).content.replace(server.address.encode(), b""))
    for row in (shown, *shown["items"]):
        del row["id"]
    return shown
