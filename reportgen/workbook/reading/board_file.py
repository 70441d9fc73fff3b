"""Ratings from a leaderboard's own export (.csv), read by the rules of the sheet Screening."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from reportgen.domain.records.plan import ScreeningRow
from reportgen.problems import NeedsMendingError, Problem, Severity
from reportgen.workbook.layout.sheets import sheet
from reportgen.workbook.opening.cells import CellValue, SheetCells
from reportgen.workbook.opening.csv_files import read_csv
from reportgen.workbook.opening.preflight import read_bytes
from reportgen.workbook.reading.optional_sheets import read_screening
from reportgen.workbook.rows.faults import Faults
from reportgen.workbook.rows.row import Locale
from reportgen.workbook.rows.table import Table

BOARD, AS_OF = "Board", "As of"


@dataclass(frozen=True, slots=True)
class BoardFile:
    """The ratings of a file, its hash as evidence, and what was noticed on reading it."""

    rows: tuple[ScreeningRow, ...]
    sha256: str
    notices: tuple[Problem, ...]


def read_board(path: Path, as_of: str) -> BoardFile:
    """Return the ratings of a file; a file without the columns Board and As of gets its own name and `as_of` (ISO 8601).

    Raises NeedsMendingError with every problem of the file, by its cells.
    """
    data = read_bytes(path)
    notices: list[Problem] = []
    table = [row for row in read_csv(data, path.name, notices) if any(cell.strip() for cell in row)]
    if not table:
        problem = Problem(path.name, "the file is empty.", "Export the board again, with its column names.", "empty")
        raise NeedsMendingError(str(problem), (problem,))
    cells = SheetCells(path.name, tuple(enumerate(_completed(table, path.stem, as_of), 1)))
    faults = Faults([cells.name])
    rows = read_screening(Table(sheet("Screening"), cells, faults, Locale(decimal_mark=".")))
    problems = faults.problems(path.name)
    if faults.stop:
        errors = tuple(p for p in problems if p.severity is Severity.ERROR)
        raise NeedsMendingError(str(errors[0]), problems)
    return BoardFile(rows, hashlib.sha256(data).hexdigest(), (*notices, *problems))


def _completed(table: list[list[str]], board: str, as_of: str) -> list[tuple[CellValue, ...]]:
    """Return the rows with the two columns that a board's own export lacks."""
    header, *body = table
    known = {h.strip().casefold().replace("_", " ") for h in header}
    more = [(name, value) for name, value in ((BOARD, board), (AS_OF, as_of)) if name.casefold() not in known]
    filled = [[*row, *[""] * (len(header) - len(row)), *(v for _, v in more)] for row in body]
    return [tuple(cell or None for cell in row) for row in ([*header, *(n for n, _ in more)], *filled)]
