"""From the bytes of a document to its text, by the kind that its ending names."""

# ruff: noqa: EM101, TRY003 - each sentence to the user stands where its fault is found

from __future__ import annotations

from dataclasses import replace

from reportgen.documents.interface import MOST_CHARACTERS, TOO_MUCH_TEXT, DocumentError, ReadDocument
from reportgen.documents.pdf_reader import PdfReader
from reportgen.documents.plain import decoded
from reportgen.documents.word import read_word

_TEXT = frozenset({".txt", ".text", ".md", ".markdown"})
_WORD = frozenset({".docx", ".docm", ".dotx", ".dotm"})
KINDS = frozenset({*_TEXT, *_WORD, ".pdf"})


def read_document(data: bytes, ending: str, pdfs: PdfReader) -> ReadDocument:
    """Return the text of a document; line ends are plain new lines.

    Raises:
        DocumentError: The bytes are not of that kind, hold no text, far too much of it, or are made to hurt.
    """
    found = _by_kind(data, ending, pdfs)
    text = found.text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        remedy = "Run text recognition (OCR) on it first." if ending == ".pdf" else "Give a file with text in it."
        raise DocumentError("which holds no text.", remedy, "no text")
    if len(text) > MOST_CHARACTERS:
        raise DocumentError(*TOO_MUCH_TEXT)
    return replace(found, text=text)


def _by_kind(data: bytes, ending: str, pdfs: PdfReader) -> ReadDocument:
    if ending == ".pdf":
        return pdfs.read(data)
    if ending in _WORD:
        return read_word(data, _foreign)
    text, reckoned = decoded(data)
    return ReadDocument(text, reckoned=reckoned)


def _foreign(data: bytes, ending: str, depth: int) -> str:
    """Return the text of a document that a Word file takes in whole."""
    if ending in _WORD:
        return read_word(data, _foreign, depth).text
    if ending in _TEXT:
        return decoded(data)[0]
    raise DocumentError("which is of no kind that is read.", "", "file kind")
