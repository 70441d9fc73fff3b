"""The document of an example: the record of its file, and where its text stands in the input."""

from __future__ import annotations

from dataclasses import dataclass

BETWEEN = "\n\n"
"""What stands between a document and the question about it in `Example.input`."""


def document_part(text: str, question: str) -> str:
    """Return the document of an input without the question that follows it."""
    return text.removesuffix(question).removesuffix(BETWEEN) if question else text


@dataclass(frozen=True, slots=True)
class Document:
    """An input file beside the workbook: name relative to the workbook's folder, SHA-256 of its bytes, and its length.

    `picture_pages` are the pages that are pictures (all of them in a picture), counted from 1; `left_out` says what else the
    file shows and its text does not hold; `recognised` = the text of those pages came from text recognition.
    """

    name: str
    sha256: str
    characters: int
    pages: int = 0
    picture_pages: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()
    recognised: bool = False

    @property
    def unread_pages(self) -> tuple[int, ...]:
        """The pages that are pictures and that no text recognition has read: their content is not in the text."""
        return () if self.recognised else self.picture_pages
