"""Reads a sheet row by row: what is in memory is one row, whatever the file holds."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import PurePath
from typing import Any, NamedTuple

from .errors import UnreadableSheet
from .formulas import unescape_formula
from .workbooks import workbook_rows

# A request holds no more than 12 MB behind nginx.
MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 100
# As many as a cell of Excel holds.
MAX_CELL = 32_767
# Empty rows in a row after which a sheet is at its end: those of Excel may go on for a million.
MAX_EMPTY_ROWS = 1000
ENCODINGS = ("utf-8-sig", "cp1252")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = ",;\t|"


class SheetRow(NamedTuple):
    # As spreadsheets count.
    number: int
    # Texts of the cells by the place of their column.
    cells: Sequence[str]


def sheet_rows(content: bytes, file_name: str) -> Iterator[SheetRow]:
    """Return the rows of a CSV or XLSX file that are not empty, the names of the columns first.

    Raises UnreadableSheet, also in the middle.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableSheet(
            f"The file is larger than {MAX_BYTES // 1024 // 1024} MB; XLSX is smaller than CSV."
        )
    match PurePath(file_name).suffix.lower():
        case ".xlsx":
            rows: Iterable[Sequence[Any]] = workbook_rows(content, MAX_COLUMNS)
        case ".csv" | ".txt" | ".tsv":
            rows = csv_rows(content)
        case _:
            raise UnreadableSheet(
                "Only CSV and XLSX are read; save the sheet as “.xlsx” or “CSV UTF-8”."
            )
    return bounded(rows)


def bounded(rows: Iterable[Sequence[Any]]) -> Iterator[SheetRow]:
    found = empty = 0
    for number, values in enumerate(rows, 1):
        width = len(values)
        while width and values[width - 1] in (None, ""):
            width -= 1
        cells = [cell_text(value) for value in values[:width]]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            empty += 1
            if empty > MAX_EMPTY_ROWS:
                return
            continue
        empty = 0
        found += 1
        if found > MAX_ROWS + 1:
            raise UnreadableSheet(f"The sheet has more than {MAX_ROWS:,} rows; divide it.")
        if len(cells) > MAX_COLUMNS:
            raise UnreadableSheet(f"Row {number} has more than {MAX_COLUMNS} columns.")
        if any(len(cell) > MAX_CELL for cell in cells):
            raise UnreadableSheet(f"Row {number} has a cell of more than {MAX_CELL:,} characters.")
        yield SheetRow(number, cells)


def cell_text(value: Any) -> str:
    """Return what somebody sees in a cell, numbers with a point and days as in ISO 8601."""
    match value:
        case None:
            return ""
        case str():
            return unescape_formula(value.strip())
        case bool():
            return "true" if value else "false"
        case float():
            # The digits that Excel shows: the float of 19.9 * 3 is 59.699999999999996.
            return f"{value:.15g}"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def csv_rows(content: bytes) -> Iterator[Sequence[str]]:
    text = decoded(content)
    if "\0" in text:
        raise UnreadableSheet("The file is no text, though its name says CSV.")
    first_line = next(iter(text.splitlines()), "")
    # Counted in the names of columns, which have none of them; Excel goes by the country of the machine.
    delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise UnreadableSheet(f"Line {reader.line_num} cannot be read: {error}.") from error


def decoded(content: bytes) -> str:
    if content.startswith(UTF16_MARKS):
        # As “Unicode text” of Excel is.
        return content.decode("utf-16", errors="replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableSheet("The letters of the file cannot be read; save it as “CSV UTF-8”.")


def file_content(pieces: Iterable[bytes]) -> bytes:
    whole = BytesIO()
    for piece in pieces:
        whole.write(piece)
    return whole.getvalue()
