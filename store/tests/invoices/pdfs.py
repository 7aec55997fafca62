"""What people read in a PDF."""

from io import BytesIO

from pypdf import PdfReader


def read(content: bytes) -> PdfReader:
    assert content.startswith(b"%PDF-")
    return PdfReader(BytesIO(content))


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in read(content).pages]


def text_of(content: bytes) -> str:
    return "\n".join(pages_of(content))
