"""Reads what reviewers filled in after a run: the yellow columns of comparison.xlsx, or the columns of Recorded verdicts.

Here a name, a day and a reason are required, a blank Judge kind means a person, and the verdict `removed` takes an example
out of the scoring, for every candidate alike.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from reportgen.domain.records import review_columns
from reportgen.domain.records.corpus import RemovedExample
from reportgen.domain.records.plan import EvaluationPlan, RecordedVerdict
from reportgen.domain.records.score import JudgeKind
from reportgen.problems import NeedsMendingError, Problem, Severity
from reportgen.workbook.layout.sheets import sheet, squash
from reportgen.workbook.opening.cells import CellValue, SheetCells
from reportgen.workbook.opening.xlsx import read_cells
from reportgen.workbook.reading.candidates import CandidatesRead
from reportgen.workbook.reading.recorded import known, read_verdicts
from reportgen.workbook.rows.faults import Faults
from reportgen.workbook.rows.row import Locale, Row
from reportgen.workbook.rows.table import Table
from reportgen.workbook.rows.values import clean, fold, is_blank

SHEET = "Recorded verdicts"
REMOVED = "removed"
_RESPONSE_HEADS = {
    review_columns.EXAMPLE: "Example ID",
    review_columns.CANDIDATE: "Candidate",
    review_columns.PART: "Part",
    review_columns.VERDICT: "Verdict",
    review_columns.REASON: "Reason",
    review_columns.NAME: "Judged by",
    review_columns.DATE: "Judged on",
}
MOST_BYTES = 50 * 2**20


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """One file of reviews as it was read."""

    name: str
    sha256: str
    verdicts: tuple[RecordedVerdict, ...]
    removed: tuple[RemovedExample, ...]


def read_review_file(path: Path, plan: EvaluationPlan) -> ReviewFile:
    """Return the reviews in a .xlsx, .xlsm or .csv file.

    Args:
        path: the file; of a workbook its sheet Recorded verdicts is read, else the reviewer's columns of its sheet
            Responses, else its only sheet.
        plan: the evaluation without its locked rows, which nobody may review before they are opened.

    Raises:
        NeedsMendingError: with every problem of the file.
    """
    cells, digest = _cells(path)
    faults = Faults([cells.name])
    given = _as_people(cells)
    kept, removals = _parted(given)
    locale = Locale(plan.settings.decimal_mark, plan.settings.date_order, plan.settings.currency)
    table = Table(sheet(SHEET), kept, faults, locale, plan.settings.task)
    candidates = CandidatesRead(
        plan.candidates, {fold(c.name): c.name for c in plan.candidates}, {c.name: c.kind for c in plan.candidates}
    )
    verdicts = read_verdicts(table, known(plan.settings, candidates, plan.examples, plan.fields))
    for row in table.rows():
        row.require("Judged by", "Judged on", "Reason")
    removed = tuple(_removed(removals, faults, locale, plan)) if removals is not None else ()
    problems = faults.problems(path.name)
    errors = tuple(p for p in problems if p.severity is Severity.ERROR)
    if errors:
        msg = f"{path.name} has {len(errors)} problems. {errors[0]}" if len(errors) > 1 else str(errors[0])
        raise NeedsMendingError(msg, problems)
    if not verdicts and not removed:
        msg = (
            f"{path.name} holds no verdict. Fill in Candidate, Example ID, Verdict, Judged by, Judged on and Reason, or the "
            "yellow columns of the sheet Responses."
        )
        raise NeedsMendingError(msg)
    return ReviewFile(path.name, digest, verdicts, removed)


def _cells(path: Path) -> tuple[SheetCells, str]:
    if path.suffix.lower() == ".csv":
        return _csv_cells(path)
    book = read_cells(path)
    found = next((s for s in book.sheets if squash(s.name) == squash(SHEET)), None)
    written = next((s for s in book.sheets if squash(s.name) == squash(review_columns.SHEET)), None)
    if found is None and written is not None:
        return _from_responses(written), book.sha256
    if found is None and len(book.sheets) == 1:
        found = book.sheets[0]
    if found is None:
        msg = f"{path.name} has no sheet {SHEET}. Name the sheet so, or save it alone as .csv."
        raise NeedsMendingError(msg)
    return found, book.sha256


def _from_responses(cells: SheetCells) -> SheetCells:
    """Return the reviewer's columns of a Responses sheet under the heads of Recorded verdicts, each in its own place.

    Rows without a review are left out, and so is everything that is not a reviewer's; addresses stay those of the file.
    """
    header = next((values for row, values in cells.rows if row == review_columns.HEADER_ROW), ())
    heads = tuple(_RESPONSE_HEADS.get(str(v)) for v in header)
    asked = [i for i, v in enumerate(header) if v in review_columns.COLUMNS]
    kept: list[tuple[int, tuple[CellValue, ...]]] = [(review_columns.HEADER_ROW, heads)]
    for row, values in cells.rows:
        if row > review_columns.HEADER_ROW and any(i < len(values) and not is_blank(values[i]) for i in asked):
            kept.append((row, tuple(_verdict(v) if h else None for h, v in zip(heads, values, strict=False))))
    return replace(cells, rows=tuple(kept))


def _verdict(value: CellValue) -> CellValue:
    """Return the sheet's own words for taking an example out as the one that is read; all else as it stands."""
    return REMOVED if isinstance(value, str) and fold(clean(value)) == review_columns.REMOVE else value


def _csv_cells(path: Path) -> tuple[SheetCells, str]:
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read as text. Save it as “CSV UTF-8”."
        raise NeedsMendingError(msg) from error
    if len(raw) > MOST_BYTES:
        msg = f"{path.name} is larger than {MOST_BYTES // 2**20} MB. Give the reviews alone."
        raise NeedsMendingError(msg)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        fault = Problem(path.name, f"the file cannot be read as CSV ({error}).", "Save it again as “CSV UTF-8”.", "csv")
        raise NeedsMendingError(str(fault), (fault,)) from error
    numbered: list[tuple[int, tuple[CellValue, ...]]] = [
        (number, tuple(value or None for value in row)) for number, row in enumerate(rows, 1) if any(row)
    ]
    return SheetCells(path.stem, tuple(numbered)), hashlib.sha256(raw).hexdigest()


def _as_people(cells: SheetCells) -> SheetCells:
    """Return the sheet with `person` wherever no kind of judge is given."""
    if not cells.rows:
        return cells
    (top, header), *body = cells.rows
    place = _place(header, "Judge kind")
    if place is None:
        place, header = len(header), (*header, "Judge kind")
    rows: list[tuple[int, tuple[CellValue, ...]]] = []
    for number, given in body:
        values = [*given, *[None] * (len(header) - len(given))]
        if any(not is_blank(v) for v in given) and is_blank(values[place]):
            values[place] = JudgeKind.PERSON.value
        rows.append((number, tuple(values)))
    return replace(cells, rows=((top, header), *rows))


def _parted(cells: SheetCells) -> tuple[SheetCells, SheetCells | None]:
    """Return the sheet without the rows that remove an example, and a sheet of those alone."""
    if not cells.rows:
        return cells, None
    head, *body = cells.rows
    place = _place(head[1], "Verdict")
    gone = [
        row for row in body if place is not None and place < len(row[1]) and fold(clean(str(row[1][place] or ""))) == REMOVED
    ]
    if not gone:
        return cells, None
    stay = tuple(row for row in body if row not in gone)
    return replace(cells, rows=(head, *stay)), replace(cells, rows=(head, *gone))


def _place(header: tuple[CellValue, ...], name: str) -> int | None:
    return next((i for i, v in enumerate(header) if isinstance(v, str) and squash(v) == squash(name)), None)


def _removed(cells: SheetCells, faults: Faults, locale: Locale, plan: EvaluationPlan) -> Iterator[RemovedExample]:
    ids = {fold(e.id): e.id for e in plan.examples}
    table = Table(sheet(SHEET), cells, faults, locale, plan.settings.task)
    for row in table.rows():
        if row.require("Example ID", "Judged by", "Judged on", "Reason"):
            yield from _removal(row, ids)


def _removal(row: Row, ids: dict[str, str]) -> Iterator[RemovedExample]:
    given = row.identifier("Example ID")
    example_id = ids.get(fold(given))
    if example_id is None:
        row.fault("Example ID", f"there is no example {given!r}.", "Correct the Example ID.", "unknown example")
        return
    yield RemovedExample(
        example_id, row.text("Judged by"), row.date("Judged on"), row.long_text("Reason"), row.where("Verdict")
    )
