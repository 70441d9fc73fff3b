"""Nine languages: what is copied out of the PDF is what was put in, read by the library of Chrome and by poppler.

Readers order the words of a line that mixes directions each in a way of their own, Chromium's own prints included; so a text
from right to left is looked for whole where it stands alone in the library of Chrome, and by its words in poppler.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pypdfium2
import pytest

from reportgen.evaluation import evaluate
from reportgen.reports.pdf import machine_fonts
from reportgen.reports.pdf.copied_text import needs_its_text
from reportgen.reports.pdf.glyph_coverage import Letters
from tests.reports.languages import LANGUAGES, together, written

REPORT = "recommendation-report.pdf"
_SILENT = re.compile("[\\s\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\x02]")
"""Blanks, and the marks of direction that readers put around what they copy."""


def drawn(language: str) -> None:
    """Skip where this machine has no font for the language."""
    lacking = [c.script for c in machine_fonts.choose("".join(LANGUAGES[language].texts())) if c.lacking]
    if lacking:
        pytest.skip(f"no font of this machine draws {', '.join(lacking)}: {machine_fonts.remedy(lacking)}")


def squeezed(text: str) -> str:
    return _SILENT.sub("", unicodedata.normalize("NFKC", text))


def copied(pdf: Path) -> Mapping[str, str]:
    """Return the text of a PDF as each reader at hand copies it."""
    found = {"pdfium": "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))}
    if program := shutil.which("pdftotext"):
        found["poppler"] = subprocess.run([program, pdf, "-"], capture_output=True, check=True).stdout.decode()
    return {reader: squeezed(text) for reader, text in found.items()}


def lost(pdf: Path, *texts: str) -> list[tuple[str, str]]:
    """Return reader and text of each that cannot be found in what is copied."""
    return [
        (reader, text)
        for reader, page in copied(pdf).items()
        for text in texts
        for part in (re.findall(r"[^\s.,?،؟]+", text) if reader == "poppler" and leftwards(text) else [text])
        if squeezed(part) not in page
    ]


def leftwards(text: str) -> bool:
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)


@pytest.fixture(scope="module")
def polyglot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    _, folder = evaluate(together(tmp_path_factory.mktemp("languages") / "w.xlsx"))
    return folder.path


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_segments_and_names_are_copied_as_they_were_put_in(language: str, polyglot: Path) -> None:
    drawn(language)
    words = LANGUAGES[language]
    assert lost(polyglot / REPORT, *words.labels, words.segments[1], words.candidates[1]) == []


@pytest.mark.deep
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_a_workbook_in_one_language_is_copied_as_it_was_put_in(language: str, tmp_path: Path) -> None:
    drawn(language)
    words = LANGUAGES[language]
    _, folder = evaluate(written(tmp_path / "w.xlsx", language))
    assert lost(folder.path / REPORT, *words.texts()) == []
    assert lost(folder.path / "readiness-checklist.pdf", words.title, *words.labels) == []


def test_a_line_carries_its_text_where_its_glyphs_do_not_tell_it() -> None:
    assert [needs_its_text(t) for t in ("डिलीवरी", "แชท", "e\u0301", "é", "退款", "Ελληνικά", "שלום", "plain")] == [
        True, True, True, False, False, False, False, False,
    ]  # fmt: skip


def test_a_sentence_keeps_its_figures_where_they_belong_behind_a_word_from_right_to_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Page one said "worst in the segment 93.9 :בריד %", and a question in Hebrew began with its question mark."""
    monkeypatch.setattr(Letters, "_drawn", lambda *_: True)
    shown = Letters()
    sentence = shown.coded("It does worst in the segment דואר: 93.9 %")
    assert sentence == 'It does worst in the segment <span class="leftwards">דואר</span>: 93.9 %'
    assert shown.finalized("segment דואר 3: 93.9 %") == 'segment <span class="leftwards">דואר 3</span>: 93.9 %'
    assert shown.finalized("איזה מודל?") == '<span class="leftwards">איזה מודל?</span>'
    assert shown.finalized("מודל חדש wins, מודל is second") == (
        '<span class="leftwards">מודל חדש</span> wins, <span class="leftwards">מודל</span> is second'
    )
    assert shown.finalized("ordinary & plain, größer") == "ordinary & plain, größer"
