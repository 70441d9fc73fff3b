"""The document stage: workbook and PDFs rendered again and compared.

By the build that made them every cell and every word must be the same, and the pages must look the same, whatever Python and
libraries render them. By another build the figures that decide must stand in them, and the rest could not be checked.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from reportgen.domain.records.comparison import Comparison
from reportgen.domain.wording.numbers import short_hash
from reportgen.reports.interface import write_all
from reportgen.reports.material import PARQUET
from reportgen.reports.pdf.house_style import KEPT
from reportgen.verification.cells import other_cells, other_measures, other_parts
from reportgen.verification.checks import Check, Word, compared, same
from reportgen.verification.pages import PAGE, attached, flowing, other_looks, other_words, page_texts
from reportgen.verification.records import Recomputed

WORKBOOK = "comparison.xlsx"
PDFS = ("recommendation-report.pdf", "readiness-checklist.pdf")
_FIGURE = re.compile(r"[-+−]?\d[\d,. ]*\d|\d")
_BYTES = "Rendered again from the records, byte for byte."


def render(again: Recomputed, scratch: Path) -> Path:
    """Write all documents again below `scratch`, in the house style that the run keeps, and return their folder."""
    folder, kept = scratch / "again", again.kept.folder.path / KEPT
    folder.mkdir()
    if kept.is_dir():
        shutil.copytree(kept, folder / KEPT)
    write_all(again.comparison, folder)
    return folder


def workbook(given: Path, made: Path, again: Recomputed) -> Check:
    """Compare comparison.xlsx with the one rendered again, cell by cell where the bytes differ."""
    old, new = given / WORKBOOK, made / WORKBOOK
    if old.read_bytes() == new.read_bytes():
        return same(WORKBOOK, _BYTES)
    if again.same_build:
        if cells := list(other_cells(old, new)):
            return compared(WORKBOOK, "", "The workbook is not the one that the records give.", cells)
        return _packed_otherwise(WORKBOOK, "cell", list(other_parts(old, new)), again)
    if wrong := list(other_measures(old, new)):
        return compared(WORKBOOK, "", "It holds figures that the records do not give.", wrong)
    if told := list(other_cells(old, new)):
        return Check(WORKBOOK, Word.UNCHECKED, "Another build fills it otherwise; every measure is right.", tuple(told))
    return same(WORKBOOK, "Rendered again by another build, every cell the same.")


def answers(given: Path, made: Path, again: Recomputed) -> Check:
    """Compare the table of all answers with the one written again, row by row where the bytes differ."""
    old, new = given / PARQUET, made / PARQUET
    if not old.is_file() or not new.is_file():
        why = "It is missing." if new.is_file() else "A run of this size has none: its sheet Responses holds every answer."
        return compared(PARQUET, "", why, [why]) if again.same_build else Check(PARQUET, Word.UNCHECKED, why)
    if old.read_bytes() == new.read_bytes():
        return same(PARQUET, _BYTES)
    from reportgen.reports.parquet import other_rows  # noqa: PLC0415 - its library is large, and few runs have the file

    told = list(other_rows(old, new))
    if told and again.same_build:
        return compared(PARQUET, "", "It does not hold the answers that the records give.", told)
    if told:
        return Check(PARQUET, Word.UNCHECKED, "Another build fills it otherwise.", tuple(told))
    return _packed_otherwise(PARQUET, "row", [], again)


def pdf(given: Path, made: Path, name: str, again: Recomputed) -> Check:
    """Compare one PDF with the one rendered again, word by word where the bytes differ."""
    old, new = given / name, made / name
    if old.read_bytes() == new.read_bytes():
        return same(name, _BYTES)
    a, b = page_texts(old), page_texts(new)
    words = list(other_words(a, b))
    if again.same_build:
        if words and (again.same_libraries or flowing(a) != flowing(b)):
            return compared(name, "", "The PDF is not the one that the records give.", words)
        return _packed_otherwise(name, "word", list(other_looks(old, new)), again)
    if wrong := list(_not_printed(a, name, again.comparison)):
        return compared(name, "", "It does not show what the records give.", wrong)
    if words:
        why = "Another build words or sets it otherwise; the decision and the figures that it rests on are right."
        return Check(name, Word.UNCHECKED, why, tuple(words))
    return _packed_otherwise(name, "word", list(other_looks(old, new)), again)


def of_another_package(given: Path, made: Path, name: str, again: Recomputed) -> Check:
    """Compare a document that another package adds with the one that it writes now, byte for byte."""
    old, new = given / name, made / name
    if not old.is_file():
        return Check(name, Word.UNCHECKED, "The package that writes it was added after the run.")
    if old.read_bytes() == new.read_bytes():
        return same(name, _BYTES)
    if again.same_build and again.same_libraries:
        return compared(name, "", "The document is not the one that the records give.", ["its bytes differ"])
    return Check(name, Word.UNCHECKED, "Its bytes differ, and it was written by another version or beside other libraries.")


def _packed_otherwise(name: str, unit: str, elsewhere: list[str], again: Recomputed) -> Check:
    """Return the check of a document whose every word or cell is the same, and whose bytes are not."""
    if again.same_build and again.same_libraries:
        differences = elsewhere or [f"no {unit} differs, but the bytes do"]
        return compared(name, "", "The document is not the one that the records give.", differences)
    if elsewhere:
        told = f"Every {unit} is the same, but not all that can be seen; with other libraries that could not be checked."
        return Check(name, Word.UNCHECKED, told, tuple(elsewhere))
    return same(name, f"Rendered again beside other libraries: every {unit} and all that can be seen is the same.")


def _not_printed(pages: list[str], name: str, comparison: Comparison) -> Iterator[str]:
    """Yield what of the decision a recommendation of another version does not show: status, winner, deciding figures."""
    if name != PDFS[0]:
        return
    text = " ".join(" ".join(pages).split())
    bare = text.replace(" ", "")
    decision = comparison.decision
    for words in ((decision.status.word, decision.status.value), (decision.winner,)):
        if not any(word.replace(" ", "") in bare for word in words):
            yield f"{words[0]!r:.60} does not stand in it"
    printed = [_number(found) for found in _FIGURE.findall(PAGE.sub(" ", text))]
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
