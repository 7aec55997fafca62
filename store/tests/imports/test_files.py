"""Files as people have them, and as attackers make them."""

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from store.sheets import reading, workbooks
from store.sheets.errors import UnreadableSheet
from store.sheets.formulas import escape_formula, unescape_formula
from store.sheets.reading import sheet_rows

from .conftest import workbook

pytestmark = pytest.mark.once


def cells(content: bytes, name: str = "sheet.csv") -> list[list[str]]:
    return [[*row.cells] for row in sheet_rows(content, name)]


@pytest.mark.parametrize(
    "content",
    [
        "sku,title\r\nT-1,Größe\r\n".encode(),
        "\ufeffsku,title\nT-1,Größe".encode(),
        "sku;title\nT-1;Größe".encode("cp1252"),
        "sku\ttitle\nT-1\tGröße".encode("utf-16"),
        'sku,title\n\n,\n"T-1","Größe"\n'.encode(),
    ],
)
def test_csv_of_many_programs(content: bytes) -> None:
    assert cells(content) == [["sku", "title"], ["T-1", "Größe"]]


def test_a_workbook() -> None:
    content = workbook(["sku", "price", "on", "stock"], ["T-1", 19.9 * 3, True, 10.0], [], [None])
    assert cells(content, "Sheet.XLSX") == [
        ["sku", "price", "on", "stock"],
        ["T-1", "59.7", "true", "10"],
    ]


def test_rows_are_counted_as_spreadsheets_do() -> None:
    assert [row.number for row in sheet_rows(b"a\n\n\nb\n", "x.csv")] == [1, 4]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"sku", "sheet.xls", "Only CSV and XLSX are read"),
        (b"sku", "sheet", "Only CSV and XLSX are read"),
        (b"no archive", "sheet.xlsx", "The file is damaged"),
        (workbook(["sku"])[:-200], "sheet.xlsx", "The file is damaged"),
        (b"sku\0", "sheet.csv", "The file is no text"),
        (b'sku\n"never closed', "sheet.csv", "cannot be read"),
        (b"a," * 101 + b"a", "sheet.csv", "more than 100 columns"),
        (b"x" * 40_000, "sheet.csv", "a cell of more than 32,767 characters"),
    ],
)
def test_refusals(content: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnreadableSheet, match=reason):
        cells(content, name)


def test_too_many_rows(monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    with pytest.raises(UnreadableSheet, match="more than 3 rows"):
        cells(b"sku\n1\n2\n3\n4\n")


def test_too_many_bytes(monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 3)
    with pytest.raises(UnreadableSheet, match="larger than"):
        cells(b"sku\n")


def changed_part(name: str, content: bytes) -> bytes:
    """Return a workbook with another content of a part, which may be new."""
    whole = BytesIO()
    with (
        ZipFile(BytesIO(workbook(["sku"], ["T-1"]))) as old,
        ZipFile(whole, "w", ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return whole.getvalue()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>"""


@pytest.mark.parametrize(
    "part", ["[Content_Types].xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"]
)
def test_entities_are_refused(part: str) -> None:
    with pytest.raises(UnreadableSheet, match="The file is damaged"):
        cells(changed_part(part, BOMB), "bomb.xlsx")


def test_macros_are_refused() -> None:
    with pytest.raises(UnreadableSheet, match="macros"):
        cells(changed_part("xl/vbaProject.bin", b"Sub"), "macros.xlsx")


def test_what_unpacks_into_too_much_is_refused(monkeypatch: Any) -> None:
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(UnreadableSheet, match="unpacks into too much"):
        cells(changed_part("xl/worksheets/sheet1.xml", b"0" * 2_000_000), "bomb.xlsx")


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-", "@x", "'=1", "''@", " =1", "'plain", "x"])
def test_escaping_is_taken_back(text: str) -> None:
    assert unescape_formula(str(escape_formula(text))) == text


def test_what_would_be_computed_is_escaped() -> None:
    assert [escape_formula(cell) for cell in ("=1", "'=1", "plain", 5)] == [
        "'=1",
        "''=1",
        "plain",
        5,
    ]
