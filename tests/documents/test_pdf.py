"""PDF files as a reader prints them: values of forms beside their words, notes, pages in any position."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

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


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (NAME.StrikeOut, "1 struck passage"),
        (NAME.Redact, "1 redaction mark"),
        (NAME.Stamp, "1 stamp"),
        (NAME.Ink, "1 hand drawing"),
        (NAME.FileAttachment, "1 attached file"),
    ],
)
def test_what_annotations_show_beyond_words_is_said(pdfs: PdfReader, kind: object, said: str) -> None:
    assert _read(pdf_files.annotated(Subtype=kind), pdfs).left_out == (said,)


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_turned_page_is_read(pdfs: PdfReader, angle: int) -> None:
    assert _read(pdf_files.turned(angle), pdfs).text.strip() == "A turned page of 42 words."


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler, which says where words stand, is not installed")
@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_words_are_found_where_poppler_has_them_on_a_page_that_is_turned_too(
    pdfs: PdfReader, angle: int, tmp_path: Path
) -> None:
    (tmp_path / "page.pdf").write_bytes(data := pdf_files.turned(angle))
    command = ["pdftotext", "-bbox", str(tmp_path / "page.pdf"), "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    page = re.search(r'<page width="([\d.]+)" height="([\d.]+)"', said)
    found = re.finditer(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<', said)
    words = {m[5]: [float(m[n]) for n in range(1, 5)] for m in found}
    assert page
    sides = (float(page[1]), float(page[2]))
    wide, high = sides if angle % 180 == 0 else sides[::-1]  # poppler turns the words, not the page's size
    boxes = [words["of"], words["42"]]
    left, top = min(b[0] for b in boxes) / wide, min(b[1] for b in boxes) / high
    right, bottom = max(b[2] for b in boxes) / wide, max(b[3] for b in boxes) / high
    assert list(pdfs.places(data, ["OF 42", "not there"])) == [1]
    [[x, y, width, height]] = pdfs.places(data, ["OF 42", "not there"])[1]
    assert (x, y, x + width, y + height) == pytest.approx((left, top, right, bottom), abs=0.012)
