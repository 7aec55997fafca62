"""The limit: what this server and this database allow, without a framework."""

import os
from collections.abc import Callable, Iterable
from threading import local
from typing import Any
from urllib.parse import parse_qs

import orjson

from benchmarks.connections import Database

from .catalog import find_product, list_products
from .checkout import SoldOut, add_item, create_cart, place_order

Environ = dict[str, Any]
Response = tuple[str, Any]

OK, CREATED, NOT_FOUND, CONFLICT = "200 OK", "201 Created", "404 Not Found", "409 Conflict"

thread = local()


def database() -> Database:
    """Return the connection of this thread, made at its first request."""
    if not hasattr(thread, "database"):
        thread.database = Database(os.environ["DATABASE_URL"])
    found: Database = thread.database
    return found


def customer_id() -> int:
    """Return whose orders these are: there is no signing in here."""
    if not hasattr(thread, "customer_id"):
        thread.customer_id = database().value("SELECT MIN(id) FROM store_customer")
    found: int = thread.customer_id
    return found


def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    respond = {"GET": read, "POST": write}[environ["REQUEST_METHOD"]]
    # "/store/products/1/" has five parts, the outer two of them empty.
    status, body = respond(environ["PATH_INFO"].split("/")[2:-1], environ)
    content = orjson.dumps(body)
    start_response(
        status, [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    )
    return [content]


def read(path: list[str], environ: Environ) -> Response:
    site = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}"
    if path == ["products"]:
        number = int(parse_qs(environ["QUERY_STRING"]).get("page", ["1"])[0])
        return OK, list_products(database(), number, site)
    found = find_product(database(), int(path[1]), site)
    return (OK, found) if found else (NOT_FOUND, {"detail": "Not found."})


def write(path: list[str], environ: Environ) -> Response:
    body = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    if path == ["carts"]:
        return CREATED, create_cart(database())
    if path[0] == "carts":
        return CREATED, add_item(database(), path[1], body["product_id"], body["quantity"])
    try:
        return CREATED, place_order(database(), body["cart_id"], customer_id())
    except SoldOut:
        return CONFLICT, {"detail": "Sold out."}
