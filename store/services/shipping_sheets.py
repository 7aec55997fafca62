"""A sheet of tracking numbers: what its rows would do, found out before anything is done."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..carriers import carrier_name, one_line, usual_carrier
from ..models import Order, OrderStatus
from ..sheets.errors import UnreadableSheet
from ..sheets.reading import SheetRow

MAX_ROWS = 1000
MAX_BYTES = 2 * 1024 * 1024
# Orders that one statement reads.
CHUNK = 500
ORDER, CARRIER, TRACKING = "order", "carrier", "tracking number"
# What people call the columns: letters and digits of it, in lower case.
NAMES = {
    ORDER: {"order", "orders", "orderid", "orderno", "ordernr", "ordernumber", "id", ""},
    CARRIER: {"carrier", "carriername", "courier", "shipper", "shippingcarrier", "shippingcompany"},
    TRACKING: {
        *("tracking", "trackingnumber", "trackingno", "trackingnr", "trackingid", "trackingcode"),
        *("parcel", "parcelnumber", "parcelno", "waybill", "consignment", "consignmentnumber"),
    },
}
# "#4000", "Order 4000"; 4000.0 where a program took it for an amount.
NUMBER = re.compile(r"(?:order)?\s*(?:no\.?)?\s*#?\s*(\d{1,18})(?:[.,]0+)?", re.IGNORECASE)
# What a spreadsheet makes of a long number that it takes for an amount.
CUT = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


class PlannedShipment(NamedTuple):
    """A row of the sheet, and what it would do."""

    row: int
    # As it was written, where it is no number.
    order_text: str
    carrier: str
    tracking_number: str
    order: Order | None
    # By the column.
    problems: dict[str, str]


def planned_shipments(rows: Iterable[SheetRow]) -> list[PlannedShipment]:
    """Return each row of a sheet with the order that it would ship, or what is wrong with it.

    Raises UnreadableSheet where columns are missing or there are too many rows.
    """
    found = iter(rows)
    head = next(found, None)
    if head is None:
        raise UnreadableSheet("The sheet is empty.")
    places = places_of(head.cells)
    sheet: list[SheetRow] = []
    for row in found:
        sheet.append(row)
        if len(sheet) > MAX_ROWS:
            raise UnreadableSheet(f"The sheet has more than {MAX_ROWS:,} rows; divide it.")
    if not sheet:
        raise UnreadableSheet("The sheet has no row below the names of the columns.")
    return list(
        plan(
            [
                (
                    row.number,
                    cell(row, places[ORDER]),
                    cell(row, places.get(CARRIER)),
                    cell(row, places[TRACKING]),
                )
                for row in sheet
            ]
        )
    )


def places_of(names: Sequence[str]) -> dict[str, int]:
    """Return the place of each column by its name, or raise UnreadableSheet."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        plain = re.sub(r"[\W_]", "", name.casefold())
        for column, known in NAMES.items():
            if plain in known and (plain or "#" in name):
                if column in places:
                    raise UnreadableSheet(f"Two columns are called “{column}”; leave one.")
                places[column] = place
    missing = [f"“{name}”" for name in (ORDER, TRACKING) if name not in places]
    if missing:
        raise UnreadableSheet(
            f"The first row names no column {' and none '.join(missing)}; it has to name order, carrier and "
            "tracking number."
        )
    return places


def cell(row: SheetRow, place: int | None) -> str:
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def plan(texts: Sequence[tuple[int, str, str, str]]) -> Iterable[PlannedShipment]:
    keys = [key_in(order) for _, order, _, _ in texts]
    times = Counter(key for key in keys if key is not None)
    orders = orders_with(times)
    for (row, order_text, carrier, tracking), key in zip(texts, keys, strict=True):
        carrier = carrier_name(carrier) or usual_carrier()
        tracking = one_line(tracking)
        order = None if key is None else orders.get(key)
        problems = {
            ORDER: order_problem(order_text, key, order, times),
            CARRIER: text_problem(Order._meta.get_field("carrier").max_length or 0, carrier),
            TRACKING: tracking_problem(tracking),
        }
        wrong = {name: problem for name, problem in problems.items() if problem}
        yield PlannedShipment(row, order_text, carrier, tracking, order, wrong)


def key_in(text: str) -> int | None:
    match = NUMBER.fullmatch(text.strip())
    return int(match[1]) if match else None


def orders_with(keys: Iterable[int]) -> dict[int, Order]:
    found: dict[int, Order] = {}
    wanted = list(keys)
    for start in range(0, len(wanted), CHUNK):
        orders = Order.objects.select_related("customer__user")
        found |= orders.in_bulk(wanted[start : start + CHUNK])
    return found


def order_problem(text: str, key: int | None, order: Order | None, times: Counter[int]) -> str:
    if not text:
        return "is empty"
    if key is None:
        return "is not the number of an order"
    if order is None:
        return "there is no such order"
    if times[key] > 1:
        return "stands in more than one row"
    if order.status != OrderStatus.PAID:
        return f"is {order.status}; only a paid order is shipped"
    return ""


def tracking_problem(text: str) -> str:
    if CUT.fullmatch(text):
        return "was cut by the spreadsheet; format the column as text"
    return text_problem(Order._meta.get_field("tracking_number").max_length or 0, text)


def text_problem(limit: int, text: str) -> str:
    if not text:
        return "is empty"
    if not text.isprintable():
        return "has characters that cannot be printed"
    return f"is longer than {limit} characters" if len(text) > limit else ""
