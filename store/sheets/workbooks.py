"""XLSX files: archives of XML, which may claim to be far more than they are."""

import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from .errors import UnreadableSheet

# What the XML of a file of 100,000 rows comes to, with room to spare.
MAX_UNPACKED = 256 * 1024 * 1024
# It is kept in memory as a whole.
MAX_SHARED_TEXTS = 64 * 1024 * 1024
MAX_PARTS = 1000
SHARED_TEXTS = "xl/sharedStrings.xml"
MACROS = "vbaProject.bin"
NOT_READABLE = "The file is damaged, or no XLSX file; save the sheet anew, or as CSV."


def workbook_rows(content: bytes, max_columns: int) -> Iterator[Sequence[Any]]:
    """Return the rows of the first sheet, with the values that its formulas had last."""
    check_archive(content)
    try:
        # Without links to other files; entities of XML are refused by defusedxml.
        with warnings.catch_warnings():
            # Of what the shop does not read, such as styles.
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            # What the file says of its size may be wrong, and is asked for by nobody.
            sheet.reset_dimensions()
            # A column more than is allowed, so that it is missed.
            yield from sheet.iter_rows(max_col=max_columns + 1, values_only=True)
    except UnreadableSheet:
        raise
    # openpyxl raises whatever a damaged file leads to.
    except Exception as error:
        raise UnreadableSheet(NOT_READABLE) from error


def check_archive(content: bytes) -> None:
    """Raise UnreadableSheet for what would unpack into too much, or has macros."""
    try:
        parts = ZipFile(BytesIO(content)).infolist()
    except BadZipFile as error:
        raise UnreadableSheet(NOT_READABLE) from error
    if any(part.filename.endswith(MACROS) for part in parts):
        raise UnreadableSheet("The file has macros; save it as “.xlsx” without them.")
    sizes = {part.filename: part.file_size for part in parts}
    # An archive is unpacked no further than it says itself.
    if (
        len(parts) > MAX_PARTS
        or sum(part.file_size for part in parts) > MAX_UNPACKED
        or sizes.get(SHARED_TEXTS, 0) > MAX_SHARED_TEXTS
    ):
        raise UnreadableSheet("The file unpacks into too much; save the sheet alone, or as CSV.")
