"""A PDF of one paper or several: headings, facts, tables that go on over pages, and page numbers of each paper."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.prefs import ViewerPreferences

from .fonts import FAMILY, Fonts
from .scripts import clean, joined, visual

# Millimetres of an A4 page.
MARGIN, WIDTH, BOTTOM, FOOTER = 18, 174, 272, 281
GAP = 1.6
BLACK, GREY, LIGHT = 20, 95, 200
# Points of text.
SMALL, NORMAL, LARGE = 8.5, 10, 20


class Column(NamedTuple):
    title: str
    width: float
    align: str = "L"


class Cell(NamedTuple):
    text: str = ""
    # Below it, small.
    note: str = ""
    bold: bool = False
    # A square to tick.
    box: bool = False


Row = Sequence[Cell]


class Line(NamedTuple):
    text: str
    size: float
    bold: bool
    shade: int


class Paper:
    """Draws from top to bottom; whoever draws asks for the room."""

    def __init__(self, pdf: FPDF, fonts: Fonts) -> None:
        self.pdf, self.fonts = pdf, fonts
        self.first_page = 0
        self.footer = ""

    def begin(self, footer: str) -> None:
        """Start a paper on a page of its own."""
        self.turn_page()
        self.first_page, self.footer = self.pdf.page, footer

    def finish(self) -> None:
        """Number the pages of the paper, now that their number is known."""
        last = self.pdf.page
        count = last - self.first_page + 1
        for page in range(self.first_page, last + 1):
            self.pdf.page = page
            # The library writes a font into the page only where it changes.
            self.pdf.set_font(FAMILY, "B", LARGE)
            self.pdf.set_y(FOOTER)
            self.lines(
                self.wrapped(self.footer, WIDTH - 30, SMALL, shade=GREY)[:1], MARGIN, WIDTH - 30
            )
            self.pdf.set_y(FOOTER)
            of = f"Page {page - self.first_page + 1} of {count}"
            self.lines(self.wrapped(of, 30, SMALL, shade=GREY), MARGIN + WIDTH - 30, 30, "R")

    def wrapped(
        self,
        text: str,
        width: float,
        size: float = NORMAL,
        *,
        bold: bool = False,
        shade: int = BLACK,
    ) -> list[Line]:
        """Return the lines that a text takes."""
        text = self.fonts.showable(joined(clean(text)))
        if not text:
            return []
        self.pdf.set_font(FAMILY, "B" if bold else "", size)
        # Most texts take one line, and breaking is what a paper takes longest for.
        lines: Any = [text]
        if self.pdf.get_string_width(text) > width:
            lines = self.pdf.multi_cell(
                width, text=text, dry_run=True, output=MethodReturnValue.LINES
            )
        return [Line(visual(line), size, bold, shade) for line in lines]

    def lines(self, lines: Sequence[Line], x: float, width: float, align: str = "L") -> None:
        """Draw lines from the current height on."""
        for line in lines:
            self.pdf.set_font(FAMILY, "B" if line.bold else "", line.size)
            self.pdf.set_text_color(line.shade)
            self.pdf.set_x(x)
            self.pdf.cell(
                width,
                height_of(line),
                line.text,
                align=align,
                new_x=XPos.LEFT,
                new_y=YPos.NEXT,
            )

    def text(
        self,
        text: str,
        size: float = NORMAL,
        *,
        x: float = MARGIN,
        width: float = WIDTH,
        align: str = "L",
        bold: bool = False,
        shade: int = BLACK,
    ) -> None:
        self.lines(self.wrapped(text, width, size, bold=bold, shade=shade), x, width, align)

    def space(self, height: float) -> None:
        self.pdf.set_y(self.pdf.get_y() + height)

    def room_for(self, height: float) -> None:
        """Go to a new page unless so much fits on this one."""
        if self.pdf.get_y() + height > BOTTOM:
            self.turn_page()

    def turn_page(self) -> None:
        self.pdf.add_page()
        self.pdf.set_y(MARGIN)

    def rule(self, shade: int = LIGHT) -> None:
        self.pdf.set_draw_color(shade)
        self.pdf.line(MARGIN, self.pdf.get_y(), MARGIN + WIDTH, self.pdf.get_y())

    @contextmanager
    def column(self, x: float, top: float) -> Iterator["Side"]:
        """Draw beside what stands there already; leaves the height below both."""
        below = self.pdf.get_y()
        self.pdf.set_y(top)
        yield Side(self, x, MARGIN + WIDTH - x)
        self.pdf.set_y(max(below, self.pdf.get_y()))

    def facts(self, facts: Sequence[tuple[str, str]], x: float, width: float) -> None:
        """Draw names with their values beside them."""
        name_width = width * 0.38
        for name, value in facts:
            top = self.pdf.get_y()
            self.text(name, x=x, width=name_width, shade=GREY)
            self.pdf.set_y(top)
            self.text(value or "–", x=x + name_width, width=width - name_width)

    def table(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """Draw a table, its head again on each page that it reaches."""
        cells = [self.cells(columns, row) for row in rows]
        self.room_for(14 + (height_of_row(cells[0]) if cells else 0))
        self.head(columns)
        for row, lines in zip(rows, cells, strict=True):
            height = height_of_row(lines)
            if self.pdf.get_y() + height > BOTTOM:
                self.turn_page()
                self.head(columns)
            self.row(columns, row, lines, height)

    def head(self, columns: Sequence[Column]) -> None:
        titles = [Cell(column.title) for column in columns]
        lines = [
            self.wrapped(column.title, column.width, SMALL, bold=True, shade=GREY)
            for column in columns
        ]
        self.row(columns, titles, lines, height_of_row(lines), shade=GREY)

    def cells(self, columns: Sequence[Column], row: Row) -> list[list[Line]]:
        return [
            [
                *self.wrapped(cell.text, column.width - 1, bold=cell.bold),
                *self.wrapped(cell.note, column.width - 1, SMALL, shade=GREY),
            ]
            for column, cell in zip(columns, row, strict=True)
        ]

    def row(
        self,
        columns: Sequence[Column],
        row: Row,
        lines: Sequence[Sequence[Line]],
        height: float,
        shade: int = LIGHT,
    ) -> None:
        top, x = self.pdf.get_y(), float(MARGIN)
        for column, cell, content in zip(columns, row, lines, strict=True):
            self.pdf.set_y(top + GAP)
            self.lines(content, x, column.width - 1, column.align)
            if cell.box:
                self.pdf.set_draw_color(GREY)
                self.pdf.rect(x + 1, top + GAP, 4, 4)
            x += column.width
        self.pdf.set_y(top + height)
        self.rule(shade)


class Side(NamedTuple):
    """A part of the page beside another."""

    paper: Paper
    x: float
    width: float


def height_of(line: Line) -> float:
    """Return the millimetres of a line of text."""
    return line.size * 0.48


def height_of_row(cells: Sequence[Sequence[Line]]) -> float:
    return max([4.0, *(sum(map(height_of, lines)) for lines in cells)]) + 2 * GAP


@contextmanager
def new_paper(*, title: str, author: str, created: datetime) -> Iterator[tuple[Paper, bytearray]]:
    """Yield a paper to draw on, and what will hold the PDF once it is drawn."""
    pdf = FPDF(format="A4")
    pdf.set_margin(0)
    pdf.c_margin = 0
    pdf.set_auto_page_break(False)
    pdf.set_lang("en")
    pdf.set_title(title)
    pdf.set_author(clean(author))
    pdf.set_creator("Storefront")
    # The same paper gives the same bytes.
    pdf.set_creation_date(created)
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    result = bytearray()
    with TemporaryDirectory() as folder:
        fonts = Fonts(pdf, Path(folder))
        try:
            yield Paper(pdf, fonts), result
            result += pdf.output()
        finally:
            fonts.close()
