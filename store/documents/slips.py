"""Packing slips: what goes into the parcel of an order, and where it goes; no prices."""

from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from ..models import Order, OrderItem
from .papers import GREY, LARGE, MARGIN, SMALL, WIDTH, Cell, Column, Paper, Row, new_paper

COLUMNS = [
    Column("Packed", 17),
    Column("Quantity", 20, "R"),
    Column("", 5),
    Column("SKU", 42),
    Column("Product", 90),
]
HALF = WIDTH / 2
NOTE_LINES, NOTE_LINE = 3, 8


def packing_slips(orders: Sequence[Order]) -> bytes:
    """Return the PDF of the slips of orders, which come with customer, lines and products; at least one."""
    one = f"order {orders[0].pk}" if len(orders) == 1 else f"{len(orders)} orders"
    created = max(order.placed_at for order in orders)
    name = settings.STORE_SELLER_NAME
    with new_paper(title=f"Packing slip, {one}", author=name, created=created) as (paper, result):
        for order in orders:
            draw_slip(paper, order)
    return bytes(result)


def draw_slip(paper: Paper, order: Order) -> None:
    paper.begin(" · ".join(filter(None, [settings.STORE_SELLER_NAME, f"Order {order.pk}"])))
    paper.text("Packing slip", LARGE, bold=True)
    with paper.column(MARGIN + HALF, MARGIN) as side:
        draw_sender(paper, side.x, side.width)
    paper.space(10)
    top = paper.pdf.get_y()
    paper.text("Ship to", SMALL, bold=True, shade=GREY)
    for number, line in enumerate(address_lines(order)):
        paper.text(line, 12 if not number else 11, width=HALF - 8, bold=not number)
    with paper.column(MARGIN + HALF, top) as side:
        items = list(order.items.all())
        pieces = sum(item.quantity for item in items)
        placed = date_format(timezone.localtime(order.placed_at), "j F Y")
        facts = [
            ("Order", str(order.pk)),
            ("Placed on", placed),
            ("Products", str(len(items))),
            ("Pieces", str(pieces)),
        ]
        paper.facts(facts, side.x, side.width)
    paper.space(8)
    paper.table(COLUMNS, [row_of(item) for item in items])
    draw_notes(paper)
    paper.finish()


def draw_sender(paper: Paper, x: float, width: float) -> None:
    paper.text(settings.STORE_SELLER_NAME, x=x, width=width, align="R", bold=True)
    for line in settings.STORE_SELLER_ADDRESS:
        paper.text(line, SMALL, x=x, width=width, align="R", shade=GREY)


def address_lines(order: Order) -> list[str]:
    name = order.customer.name
    address = order.shipping_address
    if address is None:
        return [name, "No address was given."]
    return [name, address.street, f"{address.zip or ''} {address.city}"]


def row_of(item: OrderItem) -> Row:
    title = item.title or item.product.title
    sku = item.product.sku or "–"
    return [Cell(box=True), Cell(str(item.quantity), bold=True), Cell(), Cell(sku), Cell(title)]


def draw_notes(paper: Paper) -> None:
    """Leave lines to write on."""
    paper.room_for(12 + NOTE_LINES * NOTE_LINE)
    paper.space(8)
    paper.text("Notes", SMALL, bold=True, shade=GREY)
    for _ in range(NOTE_LINES):
        paper.space(NOTE_LINE)
        paper.rule()
