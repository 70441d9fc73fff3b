"""The document stage: workbook and PDFs rendered again and compared, byte for byte where the same program made them.

Where another version made them, their bytes and words may differ; then the figures that decide must stand in them all the
same, cell by cell in the workbook's Measures, and every other number that is not computed again is named as a remark.
"""

from __future__ import annotations

import difflib
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reportgen.domain.records.comparison import Comparison
from reportgen.reports.interface import write_all
from reportgen.reports.pdf.house_style import KEPT
from reportgen.reports.view.numbers import short_hash
from reportgen.verification.checks import Check, Word, compared, note, same
from reportgen.verification.records import Recomputed

WORKBOOK = "comparison.xlsx"
PDFS = ("recommendation-report.pdf", "readiness-checklist.pdf")
_FIGURE = re.compile(r"[-+−]?\d[\d,. ]*\d|\d")
_PAGE = re.compile(r"\bpage \d+ of \d+\b|\b\d+ of \d+ pages\b", re.IGNORECASE)
_DIGITS = 12
"""Significant digits at which numbers of two builds are held against each other."""


def render(again: Recomputed, scratch: Path) -> Path:
    """Write all documents again below `scratch`, in the house style that the run keeps, and return their folder."""
    folder, kept = scratch / "again", again.kept.folder.path / KEPT
    folder.mkdir()
    if kept.is_dir():
        shutil.copytree(kept, folder / KEPT)
    write_all(again.comparison, folder)
    return folder


def workbook(given: Path, made: Path, *, same_build: bool) -> Check:
    """Compare comparison.xlsx with the one rendered again, cell by cell where the bytes differ."""
    old, new = given / WORKBOOK, made / WORKBOOK
    if old.read_bytes() == new.read_bytes():
        return same(WORKBOOK, "Rendered again from the records, byte for byte.")
    if same_build:
        cells = list(_other_cells(old, new)) or ["no cell differs in value or formula, but the bytes do"]
        return compared(WORKBOOK, "", "The workbook is not the one that the records give.", cells)
    if wrong := list(_other_measures(old, new)):
        return compared(WORKBOOK, "", "It holds figures that the records do not give.", wrong)
    return _told(WORKBOOK, "every measure in it is the one computed again", list(_lost_numbers(old, new)))


def pdf(given: Path, made: Path, name: str, again: Recomputed) -> Check:
    """Compare one PDF with the one rendered again, word by word where the bytes differ."""
    old, new = given / name, made / name
    if old.read_bytes() == new.read_bytes():
        return same(name, "Rendered again from the records, byte for byte.")
    a, b = page_texts(old), page_texts(new)
    if again.same_build:
        words = list(_other_words(a, b)) or ["no word differs, but the bytes do"]
        return compared(name, "", "The PDF is not the one that the records give.", words)
    if wrong := list(_not_printed(a, name, again.comparison)):
        return compared(name, "", "It does not show what the records give.", wrong)
    lost = _figures(a) - _figures(b)
    told = [f"{figure} stands in it {many} times more than in the one rendered now" for figure, many in sorted(lost.items())]
    return _told(name, "the decision and the figures that it rests on stand in it as computed again", told)


def _told(name: str, good: str, remarks: list[str]) -> Check:
    """Return the check of a document of another version whose deciding figures are right."""
    sentence = f"Written by another version; {good}."
    if not remarks:
        return same(name, sentence)
    return note(name, f"{sentence} These numbers do not stand in the one rendered now.", remarks)


def _not_printed(pages: list[str], name: str, comparison: Comparison) -> Iterator[str]:
    """Yield what of the decision a recommendation of another version does not show: status, winner, deciding figures."""
    if name != PDFS[0]:
        return
    text = " ".join(" ".join(pages).split())
    bare = text.replace(" ", "")
    decision = comparison.decision
    for word in (decision.status.value, decision.winner):
        if word.replace(" ", "") not in bare:
            yield f"{word!r:.60} does not stand in it"
    printed = [_number(found) for found in _FIGURE.findall(_PAGE.sub(" ", text))]
    for candidate in comparison.candidates:
        for verdict in candidate.levels:
            value = verdict.measurement.value if verdict.measurement is not None else None
            if value is not None and not any(_rounds_to(value, number, places) for number, places in printed):
                yield f"{verdict.level.measure} of {candidate.spec.name}, {value!r}, does not stand in it"


def _number(text: str) -> tuple[float, int]:
    """Return a printed number and how many decimals it is printed with."""
    bare = re.sub(r"[ ,]", "", text.replace("−", "-")).rstrip(".")
    whole, _, places = bare.partition(".")
    try:
        return float(bare), len(places)
    except ValueError:  # two points: a date or a section
        return float(re.sub(r"\D", "", whole) or 0), 0


def _rounds_to(value: float, printed: float, places: int) -> bool:
    """Return whether a value may be printed so: as it is, as a percentage, or in milliseconds."""
    return any(abs(value * scale - printed) <= 0.5000001 * 10.0**-places for scale in (1, 100, 1000))


def attachment(given: Path) -> Check:
    """Check that the figures which travel inside both PDFs are results.json, byte for byte."""
    name, wanted = "Attachment", (given / "results.json").read_bytes()
    differences = []
    for file in PDFS:
        inside = attached(given / file)
        if list(inside) != ["results.json"]:
            differences.append(f"{file} carries {', '.join(inside) or 'nothing'}, must carry results.json")
        elif inside["results.json"] != wanted:
            differences.append(f"{file}: the results.json inside it is not the one of the run folder")
    good = "Both PDFs carry results.json inside, byte for byte."
    return compared(name, good, "The PDFs do not carry the figures of this run.", differences)


def attached(path: Path) -> dict[str, bytes]:
    """Return the files inside a PDF by name."""
    import pypdfium2  # noqa: PLC0415 - only this stage reads PDFs

    document = pypdfium2.PdfDocument(path)
    try:
        files = [document.get_attachment(n) for n in range(document.count_attachments())]
        return {f.get_name(): bytes(f.get_data()) for f in files}
    finally:
        document.close()


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


def _other_measures(old: Path, new: Path) -> Iterator[str]:
    """Yield the cells of the sheet Measures that do not hold what was computed; bounds only where the method is the same."""
    made = {_key(row): row for _, row in _measures(new)}
    rows = list(_measures(old))
    if not rows:
        yield "it has no sheet Measures with candidates, measures and values"
    for number, row in rows:
        now = made.get(_key(row))
        if now is None:
            yield f"Measures, row {number}: {' '.join(map(str, _key(row)))!r:.80} was not computed again"
            continue
        same_method = row.get("Method") == now.get("Method")
        for header in ("Value", "Examples", *(("from", "to", "Bound that decides") if same_method else ())):
            if header in row and header in now and not _close(row[header], now[header]):
                yield f"Measures, row {number}, {header} is {row[header]!r:.40}, must be {now[header]!r:.40}"


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row.get("Candidate"), row.get("Measure"), row.get("Scope")


def _close(a: object, b: object) -> bool:
    if _is_number(a) and _is_number(b):
        return _rounded(a) == _rounded(b)  # type: ignore[arg-type]
    return a == b


def _measures(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of the sheet Measures by header, each with its number."""
    import openpyxl  # noqa: PLC0415 - half a second

    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    header: list[Any] = []
    if "Measures" in book.sheetnames:
        for number, row in enumerate(book["Measures"].iter_rows(values_only=True), 1):
            if header and row[header.index("Candidate")] is not None:
                yield number, dict(zip(header, row, strict=False))
            elif not header and {"Candidate", "Measure", "Value"} <= set(row):
                header = list(row)
    book.close()


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
