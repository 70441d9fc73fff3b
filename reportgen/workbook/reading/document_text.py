"""Turns the bytes of a document into plain text by its kind: text, Markdown, PDF, Word."""

# ruff: noqa: EM101, TRY003 - each sentence to the user stands where its fault is found

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reportgen.problems import NeedsMendingError
from reportgen.workbook.opening.preflight import check_part, refuse_sizes
from reportgen.workbook.reading.pdf_process import MOST_CHARACTERS
from reportgen.workbook.reading.pdf_reader import TOO_MUCH_TEXT, PdfReader
from reportgen.workbook.reading.values import UnreadableError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

_MOST_ELEMENTS = 300_000
"""Of one part of a Word document; a contract of a hundred pages has some ten thousand."""
_TEXT = frozenset({".txt", ".text", ".md", ".markdown"})
KINDS = (*sorted(_TEXT), ".pdf", ".docx")


def text_of(data: bytes, suffix: str, pdfs: PdfReader) -> str:
    """Return the text of a document by the kind its ending names; line ends are plain new lines.

    Raises:
        UnreadableError: The bytes are not of that kind, hold no text, far too much of it, or are made to hurt.
    """
    match suffix:
        case ".pdf":
            text = pdfs.text(data)
        case ".docx":
            text = _word(data)
        case _:
            text = _plain(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        remedy = "Run text recognition (OCR) on it first." if suffix == ".pdf" else "Give a file with text in it."
        raise UnreadableError("which holds no text.", remedy, "no text")
    if len(text) > MOST_CHARACTERS:
        raise UnreadableError(*TOO_MUCH_TEXT)
    return text


def _plain(data: bytes) -> str:
    """Decode text: by its byte order mark, else UTF-8; another coding would be a guess."""
    coding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as e:
        raise UnreadableError("which is not UTF-8 text.", "Save it again with the encoding UTF-8.", "encoding") from e
    if "\0" in text:
        raise UnreadableError("which is not a text file.", "Give a text, Markdown, PDF or Word file.", "file kind")
    return text


def _word(data: bytes) -> str:
    """Read a Word document: paragraphs and tables in their order, cells parted by tabs."""
    try:
        _check_word(data)
        import docx  # noqa: PLC0415 - most workbooks do not need it

        return "\n".join(_blocks(docx.Document(io.BytesIO(data))))
    except NeedsMendingError as e:
        raise _refused(e.problems[0].code) from e
    except Exception as e:  # python-docx raises whatever its parts raise; all of it means the same to the user
        raise UnreadableError("which is a damaged Word document.", "Open it in Word and save it again.", "damaged") from e


def _refused(code: str) -> UnreadableError:
    match code:
        case "too large":
            return UnreadableError(
                "which unpacks to far too much.", "Give the part that matters, as a file of its own.", "too large"
            )
        case "damaged":
            return UnreadableError("which is a damaged Word document.", "Open it in Word and save it again.", "damaged")
        case _:
            return UnreadableError("which holds what Word never writes.", "Do not trust this file.", "hostile")


def _check_word(data: bytes) -> None:
    """Refuse what unpacks to too much, declares document types or entities, or holds endless tokens, as in a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        refuse_sizes(archive, "")
        for part in archive.namelist():
            with archive.open(part) as stream:
                start = stream.read(64).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
            if start.startswith(b"<"):
                check_part(archive, part, "", _MOST_ELEMENTS)


def _blocks(inside: Document | _Cell) -> Iterator[str]:
    """Yield the lines of a body or a cell; a merged cell is said once, however many columns it claims to span."""
    from docx.table import Table  # noqa: PLC0415 - as above

    for block in inside.iter_inner_content():
        if isinstance(block, Table):
            yield from _rows(block)
        else:
            yield block.text


def _rows(table: Table) -> Iterator[str]:
    from docx.table import _Cell  # noqa: PLC0415 - as above

    for row in table._tbl.tr_lst:  # noqa: SLF001 - row.cells unfolds spans that a hostile file sets to millions
        yield "\t".join("\n".join(_blocks(_Cell(cell, table))) for cell in row.tc_lst)
