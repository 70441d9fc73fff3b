from __future__ import annotations

import hashlib
import io
from pathlib import Path

import docx
import pytest
from weasyprint import HTML

from reportgen.workbook.documents import DocumentFolder, text_of
from reportgen.workbook.values import UnreadableError


def test_a_text_file_is_read_with_its_hash(tmp_path: Path) -> None:
    data = "\ufeffNaïve line\r\nsecond".encode()
    (tmp_path / "a.txt").write_bytes(data)
    text, document = DocumentFolder(tmp_path).read("a.txt")
    assert text == "Naïve line\nsecond"
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert (document.name, document.characters) == ("a.txt", len(text))


def test_a_word_file_gives_paragraphs_and_tables_in_order() -> None:
    file = docx.Document()
    file.add_paragraph("Before")
    table = file.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    file.add_paragraph("After")
    out = io.BytesIO()
    file.save(out)
    assert text_of(out.getvalue(), ".docx") == "Before\nleft\tright\nAfter"


def test_a_pdf_gives_the_text_of_every_page() -> None:
    data = HTML(string="<p>First page.</p><p style='break-before:page'>Second page.</p>").write_pdf()
    assert text_of(data, ".pdf").split("\n\n") == ["First page.", "Second page."]


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
        ("a.xls", b"x", "Word file"),
        ("a.pdf", b"%PDF-1.4 cut", "damaged PDF"),
        ("a.docx", b"PK\x03\x04cut", "damaged Word"),
        ("a.txt", b"\xff\x00\x01", "UTF-8"),
        ("a.txt", b"  \n", "no text"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, word: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UnreadableError, match=word):
        DocumentFolder(tmp_path).read(name)
