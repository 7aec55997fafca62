"""The fonts of the shop's papers, which come with a package, and one of the operator's own."""

import logging
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf_fonts
from django.conf import settings
from fontTools.ttLib import TTFont, TTLibError
from fpdf import FPDF
from fpdf.errors import FPDFException

logger = logging.getLogger(__name__)

# Latin, Greek, Cyrillic, Arabic, Hebrew, Georgian, Thai and Devanagari.
MAIN, BOLD = "figo", "figbo"
# What it lacks of these.
SPARE = "notos"
FAMILY, OWN = "firago", "own"
# Stands for what none of the fonts has.
UNKNOWN = "\ufffd"


@cache
def font_data(name: str) -> bytes:
    # Unpacked once in the life of a process.
    return pymupdf_fonts.myfont(name)


class Fonts:
    """Gives a paper the fonts that its texts need: most need one, and the others are large."""

    def __init__(self, pdf: FPDF, folder: Path) -> None:
        self.pdf = pdf
        self.folder = folder
        self.fallbacks: list[str] = []
        # Those that were not needed yet.
        self.spares = [SPARE, OWN]
        self.add(FAMILY, MAIN)
        self.add(FAMILY, BOLD, style="B")

    def add(self, family: str, name: str, style: str = "") -> None:
        # The library reads fonts from files only.
        file = self.folder / f"{name}.ttf"
        file.write_bytes(font_data(name))
        self.pdf.add_font(family, style, str(file))

    def showable(self, text: str) -> str:
        """Return a text in which what no font has is replaced."""
        if all(self.has(letter) for letter in text):
            return text
        return "".join(letter if self.found(letter) else self.unknown for letter in text)

    def has(self, letter: str) -> bool:
        fonts: Any = self.pdf.fonts
        return any(ord(letter) in fonts[key].cmap for key in [FAMILY, *self.fallbacks])

    def found(self, letter: str) -> bool:
        """Tell whether a font has a character; adds one that was not needed before."""
        while not self.has(letter):
            if not self.spares:
                return False
            self.add_spare(self.spares.pop(0))
        return True

    @property
    def unknown(self) -> str:
        return UNKNOWN if self.found(UNKNOWN) else "?"

    def add_spare(self, name: str) -> None:
        if name == SPARE:
            self.add(name, name)
        elif not (settings.STORE_PDF_FONT and self.add_own(settings.STORE_PDF_FONT)):
            return
        self.fallbacks.append(name)
        self.pdf.set_fallback_fonts(self.fallbacks, exact_match=False)

    def add_own(self, file: str) -> bool:
        """Add the operator's font; a paper without it is better than none."""
        try:
            # First by itself: of a file that is no font, the library leaves the stream open.
            with open(file, "rb") as stream:
                TTFont(stream, fontNumber=0)
            self.pdf.add_font(OWN, "", file)
        except (OSError, ValueError, RuntimeError, FPDFException, TTLibError):
            logger.exception("STORE_PDF_FONT was left out: %s", file)
            return False
        return True

    def close(self) -> None:
        fonts: Any = self.pdf.fonts
        for font in fonts.values():
            font.close()
