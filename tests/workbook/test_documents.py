from __future__ import annotations

import hashlib
import io
from pathlib import Path

import docx
import pytest
from weasyprint import HTML

from reportgen.documents.pdf_reader import PdfReader
from reportgen.documents.read import read_document
from reportgen.workbook.reading.documents import DocumentFolder
from reportgen.workbook.rows.values import UnreadableError
from tests.workbook.spoilt.documents import endless, paragraph, word


def test_a_text_file_is_read_with_its_hash(tmp_path: Path) -> None:
    data = "\ufeffNaïve line\r\nsecond".encode()
    (tmp_path / "a.txt").write_bytes(data)
    found, document = DocumentFolder(tmp_path).read("a.txt")
    assert found.text == "Naïve line\nsecond"
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert (document.name, document.characters) == ("a.txt", len(found.text))


def test_a_word_file_gives_paragraphs_and_tables_in_order() -> None:
    file = docx.Document()
    file.add_paragraph("Before")
    table = file.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    file.add_paragraph("After")
    out = io.BytesIO()
    file.save(out)
    assert read_document(out.getvalue(), ".docx", PdfReader()).text == "Before\nleft\tright\nAfter"


def test_a_pdf_gives_the_text_of_every_page() -> None:
    data = HTML(string="<p>First page.</p><p style='break-before:page'>Second page.</p>").write_pdf()
    reader = PdfReader()
    texts = [read_document(data, ".pdf", reader).text for _ in range(2)]
    assert [text.split("\n\n") for text in texts] == [["First page.", "Second page."]] * 2
    reader.close()


@pytest.mark.parametrize(
    "name", ["../a.txt", "/etc/hostname", "C:\\a.txt", "sub/../../a.txt", "http://x/a.txt", "link.txt", "."]
)
def test_nothing_outside_the_folder_is_read(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "a.txt").write_text("secret")
    (inside / "link.txt").symlink_to(tmp_path / "a.txt")
    with pytest.raises(UnreadableError, match="not inside"):
        DocumentFolder(inside).read(name)


def test_a_missing_file_offers_the_one_of_a_like_name(tmp_path: Path) -> None:
    (tmp_path / "lease 12.txt").write_text("x")
    with pytest.raises(UnreadableError) as caught:
        DocumentFolder(tmp_path).read("lease 21.txt")
    assert caught.value.remedy == 'Did you mean "lease 12.txt"?'


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("a.xls", b"x", "picture file"),
        ("a.pdf", b"%PDF-1.4 cut", "damaged PDF"),
        ("a.docx", b"PK\x03\x04cut", "damaged Word"),
        ("a.txt", b"\xff\x00\x01", "not a text file"),
        ("a.txt", b"  \n", "no text"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, word: str) -> None:
    (tmp_path / name).write_bytes(data)
    with DocumentFolder(tmp_path) as folder, pytest.raises(UnreadableError, match=word):
        folder.read(name)


def test_a_merged_cell_is_said_once_however_far_it_claims_to_span() -> None:
    span = '<w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>'
    row = f"<w:tr><w:tc>{span}{paragraph('a')}</w:tc><w:tc>{paragraph('b')}</w:tc></w:tr>"
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('nested')}</w:tc></w:tr></w:tbl>"
    body = f"<w:tbl>{row}<w:tr><w:tc>{inner}{paragraph('c')}</w:tc></w:tr></w:tbl>"
    assert read_document(word(body), ".docx", PdfReader()).text == "a\tb\nnested\nc"


def test_a_pdf_that_does_not_end_is_given_up_once_and_the_next_is_read(tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(endless())
    (tmp_path / "good.pdf").write_bytes(HTML(string="<p>Good.</p>").write_pdf())
    with DocumentFolder(tmp_path, seconds=3) as folder:
        for _ in range(20):  # many rows may name it
            with pytest.raises(UnreadableError, match="more time or memory"):
                folder.read("bad.pdf")
        assert folder.read("good.pdf")[0].text == "Good."
