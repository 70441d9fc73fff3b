"""No word that LibreOffice or pdftotext finds in a document is missing from ours, whatever made the document."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from reportgen.documents.pdf_reader import PdfReader
from reportgen.documents.read import read_document
from tests.documents.made_documents import office, pdfs_of, words_of

pytestmark = pytest.mark.skipif(
    shutil.which("soffice") is None or shutil.which("pdftotext") is None, reason="LibreOffice and pdftotext are the judges"
)
_WORD = re.compile(r"\w+")
_ALLOWED = re.compile(r"\d{1,2}|[a-z]|gone")
"""Numbers of lists and pages, which each program counts where it shows them; what is deleted, which LibreOffice keeps."""


def _missing(peer: str, ours: str) -> list[str]:
    lacking = Counter(_WORD.findall(peer)) - Counter(_WORD.findall(ours))
    return [word for word in lacking.elements() if not _ALLOWED.fullmatch(word)]


def _held_against_peers(folder: Path, each_word: int, each_pdf: int) -> tuple[int, int]:
    reader = PdfReader()
    texts = folder / "texts"
    texts.mkdir()
    words = words_of(folder, each_word)
    office(texts, "txt:Text (encoded):UTF8", *words)
    for path in words:
        peer = (texts / f"{path.stem}.txt").read_text(encoding="utf-8-sig")
        ours = read_document(path.read_bytes(), ".docx", reader).text
        assert (path.name, _missing(peer, ours)) == (path.name, [])
    pdfs = pdfs_of(folder, each_pdf, words)
    for path in pdfs:
        done = subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], check=True, capture_output=True)
        ours = read_document(path.read_bytes(), ".pdf", reader).text
        assert (path.name, _missing(done.stdout.decode(), ours)) == (path.name, [])
    reader.close()
    return len(words), len(pdfs)


def test_a_sample_of_each_maker_lacks_no_word_of_the_peers(tmp_path: Path) -> None:
    assert _held_against_peers(tmp_path, 1, 1) == (3, 5)


@pytest.mark.deep
def test_sixty_word_files_and_forty_pdfs_lack_no_word_of_the_peers(tmp_path: Path) -> None:
    assert _held_against_peers(tmp_path, 20, 8) == (60, 40)
