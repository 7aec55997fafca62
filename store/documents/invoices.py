"""Invoices and credit notes on paper: what their rows hold, nothing else."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from ..models import Invoice, InvoiceKind
from ..money import minor_unit_of
from .papers import GREY, LARGE, MARGIN, NORMAL, SMALL, WIDTH, Cell, Column, Paper, Row, new_paper

LINES = [
    Column("Product", 66),
    Column("Quantity", 18, "R"),
    Column("Unit price", 24, "R"),
    Column("Tax rate", 18, "R"),
    Column("Net", 24, "R"),
    Column("Gross", 24, "R"),
]
SUMS = [
    Column("", 66),
    Column("Tax rate", 36, "R"),
    Column("Net", 24, "R"),
    Column("Tax", 24, "R"),
    Column("Gross", 24, "R"),
]
HALF = WIDTH / 2
PAYMENT = {"paid": "Paid", "due": "Payment due"}


def invoices(papers: Sequence[Invoice]) -> bytes:
    """Return the PDF of these invoices and credit notes; at least one."""
    title = str(papers[0]) if len(papers) == 1 else f"{len(papers)} invoices"
    created = max(each.issued_at for each in papers)
    with new_paper(title=title, author=papers[0].seller["name"], created=created) as (
        paper,
        result,
    ):
        for each in papers:
            draw_invoice(paper, each)
    return bytes(result)


def draw_invoice(paper: Paper, invoice: Invoice) -> None:
    seller = invoice.seller
    contact = [seller["name"], seller["tax_id"], seller["email"], seller["phone"], invoice.number]
    paper.begin(" · ".join(filter(None, contact)))
    paper.text(invoice.get_kind_display(), LARGE, bold=True)
    with paper.column(MARGIN + HALF, MARGIN) as side:
        draw_seller(paper, seller, side.x, side.width)
    paper.space(10)
    top = paper.pdf.get_y()
    buyer, address = invoice.buyer, invoice.buyer["address"]
    paper.text("Bill to", SMALL, bold=True, shade=GREY)
    paper.text(buyer["name"], 11, width=HALF - 8, bold=True)
    if address:
        paper.text(address["street"], width=HALF - 8)
        paper.text(f"{address['zip']} {address['city']}", width=HALF - 8)
    with paper.column(MARGIN + HALF, top) as side:
        paper.facts(facts_of(invoice), side.x, side.width)
    paper.space(8)
    paper.table(LINES, [row_of(line, invoice.currency) for line in invoice.content["lines"]])
    paper.space(8)
    draw_sums(paper, invoice)
    paper.finish()


def draw_seller(paper: Paper, seller: dict[str, Any], x: float, width: float) -> None:
    paper.text(seller["name"], x=x, width=width, align="R", bold=True)
    tax_id = f"Tax ID {seller['tax_id']}" if seller["tax_id"] else ""
    for line in [*seller["address"], tax_id, seller["email"], seller["phone"]]:
        paper.text(line, SMALL, x=x, width=width, align="R", shade=GREY)


def facts_of(invoice: Invoice) -> list[tuple[str, str]]:
    content, is_note = invoice.content, invoice.kind == InvoiceKind.CREDIT_NOTE
    facts = [
        (f"{invoice.get_kind_display()} no.", invoice.number),
        ("Issued on", day_of(invoice.issued_at)),
        ("Order", str(content["order"])),
        ("Placed on", day_of(parse_datetime(content["ordered_at"]))),
        ("Currency", invoice.currency),
    ]
    if is_note:
        corrected = content["corrects"]
        of = day_of(parse_datetime(corrected["issued_at"]))
        return [*facts, ("Takes back", f"Invoice {corrected['number']} of {of}")]
    return [*facts, ("Payment", PAYMENT[content["payment"]])]


def day_of(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "j F Y") if moment else ""


def row_of(line: dict[str, Any], currency: str) -> Row:
    note = " · ".join(filter(None, [line["sku"], line["promotion"]]))
    return [
        Cell(line["title"], note=note),
        Cell(str(line["quantity"])),
        Cell(shown(line["unit_price"], currency)),
        Cell(rate_of(line)),
        Cell(shown(line["net"], currency)),
        Cell(shown(line["gross"], currency)),
    ]


def rate_of(line: dict[str, Any]) -> str:
    return f"{line['rate']} %" if line["rate"] else "–"


def draw_sums(paper: Paper, invoice: Invoice) -> None:
    currency, is_note = invoice.currency, invoice.kind == InvoiceKind.CREDIT_NOTE
    amounts = (invoice.net, invoice.tax, invoice.total)
    rows: list[Row] = [
        [
            Cell(),
            Cell(rate_of(each)),
            *(Cell(shown(each[name], currency)) for name in ("net", "tax", "gross")),
        ]
        for each in invoice.content["rates"]
    ]
    rows.append(
        [
            Cell(),
            Cell("Total", bold=True),
            *(Cell(shown(each, currency), bold=True) for each in amounts),
        ]
    )
    # The sums stay together.
    paper.room_for(22 + 9 * len(rows))
    paper.table(SUMS, rows)
    paper.space(4)
    due = "Amount credited" if is_note else "Amount"
    paper.text(f"{due} {shown(invoice.total, currency)} {currency}", 12, align="R", bold=True)
    if not is_note and invoice.content["payment"] == "due":
        paper.text("Payment due", NORMAL, align="R", shade=GREY)


def shown(amount: Decimal | str, currency: str) -> str:
    """Return an amount with the decimals of its currency; more, where it was written under another one."""
    value = Decimal(amount)
    rounded = value.quantize(minor_unit_of(currency))
    return str(rounded if rounded == value else value)
