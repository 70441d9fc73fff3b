"""The document stage: workbook and PDFs rendered again and compared, byte for byte where the same program made them.

Where another version made them, their bytes may differ; then every number that stands in the old document must be among
those that the new one shows, so that a figure that was changed by hand is found all the same.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reportgen.reports.interface import REPORTS
from reportgen.reports.numbers import short_hash
from reportgen.verification.checks import Check, Word, compared, note, same
from reportgen.verification.records import Recomputed

WORKBOOK = "comparison.xlsx"
PDFS = ("recommendation-report.pdf", "readiness-checklist.pdf")
_FIGURE = re.compile(r"[-+−]?\d[\d,. ]*\d|\d")
_PAGE = re.compile(r"\bpage \d+ of \d+\b|\b\d+ of \d+ pages\b", re.IGNORECASE)
_DIGITS = 12
"""Significant digits at which numbers of two builds are held against each other."""


def render(again: Recomputed, scratch: Path) -> Path:
    """Write all documents again below `scratch` and return their folder."""
    folder = scratch / "again"
    folder.mkdir()
    for name in (WORKBOOK, *PDFS):
        REPORTS[name](again.comparison, folder)
    return folder


def workbook(given: Path, made: Path, *, same_build: bool) -> Check:
    """Compare comparison.xlsx with the one rendered again, cell by cell where the bytes differ."""
    old, new = given / WORKBOOK, made / WORKBOOK
    if old.read_bytes() == new.read_bytes():
        return same(WORKBOOK, "Rendered again from the records, byte for byte.")
    if same_build:
        cells = list(_other_cells(old, new)) or ["no cell differs in value or formula, but the bytes do"]
        return compared(WORKBOOK, "", "The workbook is not the one that the records give.", cells)
    good = "Written by another version; every number in it is among those computed again."
    return compared(WORKBOOK, good, "It holds numbers that the records do not give.", list(_lost_numbers(old, new)))


def pdf(given: Path, made: Path, name: str, *, same_build: bool) -> Check:
    """Compare one PDF with the one rendered again, word by word where the bytes differ."""
    old, new = given / name, made / name
    if old.read_bytes() == new.read_bytes():
        return same(name, "Rendered again from the records, byte for byte.")
    a, b = page_texts(old), page_texts(new)
    if same_build:
        words = list(_other_words(a, b)) or ["no word differs, but the bytes do"]
        return compared(name, "", "The PDF is not the one that the records give.", words)
    lost = _figures(a) - _figures(b)
    told = [f"{figure} stands in it {many} times too often" for figure, many in sorted(lost.items())]
    good = "Written by another version; every figure in it is among those computed again."
    return compared(name, good, "It holds figures that the records do not give.", told)


def printed_hash(given: Path, evidence: str) -> Check:
    """Check that every page of both PDFs carries the hash of this very evidence."""
    name, wanted = "Printed hash", short_hash(evidence)
    differences, pages = [], 0
    for file in PDFS:
        texts = page_texts(given / file)
        pages += len(texts)
        bare = [re.sub(r"\s", "", text) for text in texts]
        differences += [f"{file}, page {n}" for n, text in enumerate(bare, 1) if re.sub(r"\s", "", wanted) not in text]
    good = f"{wanted} stands on all {pages} pages."
    return compared(name, good, f"Pages do not carry the hash of this evidence, {wanted}.", differences)


def not_rendered(error: Exception) -> list[Check]:
    """Return the checks of the documents where they could not be rendered again."""
    told = f"The document could not be rendered again here: {error}".replace("\n", " ")[:300]
    return [Check(name, Word.UNCHECKED, told) for name in (WORKBOOK, *PDFS)]


def page_texts(path: Path) -> list[str]:
    """Return the text of each page of a PDF."""
    import pypdfium2  # noqa: PLC0415 - only this stage reads PDFs

    document = pypdfium2.PdfDocument(path)
    try:
        texts = []
        for page in document:
            text_page = page.get_textpage()
            texts.append(text_page.get_text_bounded())
            text_page.close()
            page.close()
        return texts
    finally:
        document.close()


def _other_words(a: list[str], b: list[str]) -> Iterator[str]:
    for number in range(max(len(a), len(b))):
        old = a[number].split() if number < len(a) else []
        new = b[number].split() if number < len(b) else []
        if old == new:
            continue
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for kind, i, j, k, m in matcher.get_opcodes():
            if kind != "equal":
                yield f"page {number + 1}: {' '.join(old[i:j])!r:.80}, must be {' '.join(new[k:m])!r:.80}"


def _figures(pages: list[str]) -> Counter[str]:
    """Count the figures of a document, page numbers apart."""
    text = _PAGE.sub(" ", " ".join(" ".join(p.split()) for p in pages))
    return Counter(found.replace(" ", "").strip(".,") for found in _FIGURE.findall(text))


def _cells(path: Path) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield sheet, address, saved value and what was written of every cell that holds something."""
    import openpyxl  # noqa: PLC0415 - half a second

    saved = openpyxl.load_workbook(path, data_only=True)
    written = openpyxl.load_workbook(path, data_only=False)
    for sheet in written.worksheets:
        values = saved[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield sheet.title, cell.coordinate, values[cell.coordinate].value, cell.value


def _other_cells(old: Path, new: Path) -> Iterator[str]:
    a = {(sheet, at): (value, text) for sheet, at, value, text in _cells(old)}
    b = {(sheet, at): (value, text) for sheet, at, value, text in _cells(new)}
    for key in sorted({*a, *b}):
        given, made = a.get(key, (None, None)), b.get(key, (None, None))
        if given != made:
            shown = (given[0], made[0]) if given[0] != made[0] else (given[1], made[1])
            yield f"{key[0]}!{key[1]} is {shown[0]!r:.60}, must be {shown[1]!r:.60}"


def _lost_numbers(old: Path, new: Path) -> Iterator[str]:
    known = Counter(_rounded(value) for _, _, value, _ in _cells(new) if _is_number(value))
    for sheet, at, value, _ in _cells(old):
        if not _is_number(value):
            continue
        if known[_rounded(value)] == 0:
            yield f"{sheet}!{at} is {value!r}, which was not computed again"
        else:
            known[_rounded(value)] -= 1


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _rounded(value: float) -> str:
    return f"{value:.{_DIGITS}g}"


def remarks(again: Recomputed) -> Check:
    """Say whether the same program and libraries are checking, since that decides how closely documents are compared."""
    name = "Program"
    if again.same_build:
        return same(name, f"The very program and libraries that made the run ({again.comparison.run.version}) check it.")
    return note(name, "Another version of reportgen, a library or Python made the run; figures are compared, not bytes.")
