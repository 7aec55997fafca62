"""The shop's papers as PDF: packing slips of orders, invoices and credit notes."""

from collections.abc import Sequence

from ..models import Invoice, Order

CONTENT_TYPE = "application/pdf"


def pdf_of_slips(orders: Sequence[Order]) -> bytes:
    """Return the packing slips of orders, which come with their customers, lines and products."""
    # The library takes memory, in the processes alone that draw something.
    from .slips import packing_slips

    return packing_slips(orders)


def pdf_of_invoices(papers: Sequence[Invoice]) -> bytes:
    """Return invoices and credit notes, each on pages of its own."""
    from .invoices import invoices

    return invoices(papers)
