"""Workbooks of spreadsheets (XLSX), without formulas."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# Characters of a column; a longer text runs on.
WIDTH, MOST_WIDTH = 12, 50
# What Excel takes of a text and of the name of a sheet.
LONGEST_TEXT, LONGEST_NAME = 32767, 31


def as_xlsx(
    *,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
) -> bytes:
    """Write rows as a workbook with a head line that stays in view; a text is a text, whatever it begins with."""
    cells = [[row[column] for column in columns] for row in rows]
    workbook = Workbook(write_only=True)
    sheet: Any = workbook.create_sheet(title[:LONGEST_NAME])
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns):
        texts = [column, *(str(line[number]) for line in cells)]
        width = min(max(WIDTH, *(len(text) + 2 for text in texts)), MOST_WIDTH)
        sheet.column_dimensions[get_column_letter(number + 1)].width = width
    sheet.append([heading(sheet, column) for column in columns])
    for line in cells:
        sheet.append([cell_of(sheet, value) for value in line])
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def heading(sheet: Any, text: str) -> Any:
    cell = cell_of(sheet, text)
    cell.font = Font(bold=True)
    return cell


def cell_of(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        # A workbook knows no offsets.
        value = value.astimezone(UTC).replace(tzinfo=None)
    elif isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT]
    cell: Any = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        # Neither now, nor once somebody has edited it.
        cell.data_type, cell.quotePrefix = "s", True
    elif isinstance(value, Decimal):
        # With the decimals of its currency.
        cell.number_format = "#,##0.00" if value.as_tuple().exponent else "#,##0"
    return cell
