"""From the bytes of a document to its text, by the kind that its ending names."""

# ruff: noqa: EM101, TRY003 - each sentence to the user stands where its fault is found

from __future__ import annotations

from dataclasses import replace

from reportgen.documents.html import read_html
from reportgen.documents.interface import MOST_CHARACTERS, TOO_MUCH_TEXT, DocumentError, ReadDocument
from reportgen.documents.mail import read_mail
from reportgen.documents.outlook import read_outlook
from reportgen.documents.pdf_reader import PdfReader
from reportgen.documents.pictures import ENDINGS as PICTURES
from reportgen.documents.pictures import read_picture
from reportgen.documents.plain import decoded
from reportgen.documents.word import read_word

_TEXT = frozenset({".txt", ".text", ".md", ".markdown"})
_WORD = frozenset({".docx", ".docm", ".dotx", ".dotm"})
_HTML = frozenset({".html", ".htm", ".xhtml"})
KINDS = frozenset({*_TEXT, *_WORD, *_HTML, *PICTURES, ".pdf", ".eml", ".msg"})


def read_document(data: bytes, ending: str, pdfs: PdfReader) -> ReadDocument:
    """Return the text of a document; line ends are plain new lines. A picture has pages and no text.

    Raises:
        DocumentError: The bytes are not of that kind, hold no text, far too much of it, or are made to hurt.
    """
    found = _by_kind(data, ending, pdfs)
    text = _plain_ends(found.text)
    if not text.strip():
        text = ""
        if not found.picture_pages:
            shown = f" It shows {' and '.join(found.left_out)} alone." if found.left_out else ""
            raise DocumentError(f"which holds no text.{shown}", "Give a file with text in it.", "no text")  # noqa: EM102
    if len(text) > MOST_CHARACTERS:
        raise DocumentError(*TOO_MUCH_TEXT)
    return replace(found, text=text, page_texts=tuple(_plain_ends(page) for page in found.page_texts))


def _plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _by_kind(data: bytes, ending: str, pdfs: PdfReader) -> ReadDocument:  # noqa: PLR0911 - one line for each kind
    if ending == ".pdf":
        return pdfs.read(data)
    if ending in _WORD:
        return read_word(data, _foreign)
    if ending in _HTML:
        return read_html(data)
    if ending == ".eml":
        return read_mail(data)
    if ending == ".msg":
        return read_outlook(data)
    if ending in PICTURES:
        return read_picture(data)
    if data.startswith(b"%PDF-"):
        raise DocumentError("which is a PDF with the name of a text.", "Let its name end in .pdf.", "file kind")
    if data.startswith(b"{\\rtf"):
        remedy = "Open it in Word and save it as Word document (.docx)."
        raise DocumentError("which is rich text (RTF) with the name of a text.", remedy, "file kind")
    text, reckoned = decoded(data)
    return ReadDocument(text, reckoned=reckoned)


def _foreign(data: bytes, ending: str, depth: int) -> str:
    """Return the text of a document that a Word file takes in whole."""
    if ending in _WORD:
        return read_word(data, _foreign, depth).text
    if ending in _HTML:
        return read_html(data).text
    if ending in {".mht", ".mhtml"}:
        return read_mail(data).text
    if ending in _TEXT:
        return decoded(data)[0]
    raise DocumentError("which is of no kind that is read.", "", "file kind")
