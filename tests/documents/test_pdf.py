"""PDF files as a reader prints them: values of forms beside their words, notes, pages in any position."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
import pytest

from reportgen.documents.interface import ReadDocument
from reportgen.documents.pdf_reader import PdfReader
from reportgen.documents.read import read_document
from tests.documents import pdf_files

NAME = pikepdf.Name


@pytest.fixture(scope="module")
def pdfs() -> Iterator[PdfReader]:
    reader = PdfReader()
    yield reader
    reader.close()


def _read(data: bytes, pdfs: PdfReader) -> ReadDocument:
    return read_document(data, ".pdf", pdfs)


@pytest.mark.parametrize("appearances", [True, False])
def test_values_typed_into_a_form_stand_beside_their_words(pdfs: PdfReader, appearances: bool) -> None:
    lines = [" ".join(line.split()) for line in _read(pdf_files.form(appearances=appearances), pdfs).text.splitlines()]
    assert lines == [
        "Applicant: Jane Example Born: 3 April 1980",
        "Amount in EUR 15200",
        "[x] I agree [ ] I refuse",
        "Colour: blue",
        "Number: 4711",
        "End of the form.",
    ]


def test_notes_and_letters_that_annotations_draw_are_text_and_hidden_ones_are_not(pdfs: PdfReader) -> None:
    page = "The page itself."
    for entries, said in (
        ({"Subtype": NAME.FreeText, "Contents": "Freed 77", "DA": "/Helv 12 Tf"}, f"{page}\nFreed 77"),
        ({"Subtype": NAME.Text, "Contents": "A note 78"}, f"{page}\n[note: A note 78]"),
        ({"Subtype": NAME.Highlight, "Contents": "why this"}, f"{page}\n[note: why this]"),
        ({"Subtype": NAME.Text, "Contents": "unseen", "F": 2}, page),
        ({"Subtype": NAME.Popup, "Contents": "twice"}, page),
    ):
        assert _read(pdf_files.annotated(**entries), pdfs).text == said


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_turned_page_is_read(pdfs: PdfReader, angle: int) -> None:
    assert _read(pdf_files.turned(angle), pdfs).text.strip() == "A turned page of 42 words."
