"""Writes sheets row by row, with what a spreadsheet would compute escaped."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import chain, islice
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from .formulas import escape_formula

# By which Excel knows that a file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"
# Rows that are sent at once.
LINES = 500

Rows = Iterable[Sequence[Any]]


def csv_chunks(head: Sequence[str], rows: Rows) -> Iterator[str]:
    """Yield the text of a CSV file (RFC 4180), some rows at a time."""
    lines = chain([head], rows)
    text = StringIO(BYTE_ORDER_MARK)
    text.seek(len(BYTE_ORDER_MARK))
    writer = csv.writer(text)
    while chunk := list(islice(lines, LINES)):
        writer.writerows([escape_formula(cell) for cell in row] for row in chunk)
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def workbook_file(head: Sequence[str], rows: Rows) -> BytesIO:
    """Return an XLSX file; openpyxl keeps its rows on disk until they are packed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in chain([head], rows):
        sheet.append([workbook_cell(cell) for cell in row])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def workbook_cell(cell: Any) -> Any:
    if isinstance(cell, str):
        # XML has no place for them.
        return ILLEGAL_CHARACTERS_RE.sub("", str(escape_formula(cell)))
    # More digits than a float keeps exactly are a text.
    return str(cell) if isinstance(cell, Decimal) and len(cell.as_tuple().digits) > 15 else cell
