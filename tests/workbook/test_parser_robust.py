"""Whatever stands in a cell, the reader answers with a plan or with problems, never with a crash."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from reportgen.domain.records.plan import Task
from reportgen.problems import Severity
from reportgen.workbook.layout.sheets import SHEETS, columns_for
from reportgen.workbook.opening.cells import CellError, CellValue, NoResult, SheetCells, WorkbookCells
from reportgen.workbook.reading.candidates import Permissions
from reportgen.workbook.reading.parser import plan_from
from tests.workbook.filled import sheets

ODD: tuple[CellValue, ...] = (
    None,
    "",
    " ",
    "?",
    "70",
    "1,234",
    "03/04/2026",
    "=1+1",
    "{input}",
    "\u202eevil",
    "a: b\nc",
    ":",
    "%",
    "-",
    "()",
    "é" * 50,
    "label: ",
    "fact 0",
    "https://[::1",
    "x" * 40_000,
    True,
    -1,
    0,
    1e308,
    46_082,
    10**18,
    dt.datetime(2026, 4, 3),  # noqa: DTZ001 - workbooks know no time zone
    dt.time(10, 30),
    dt.timedelta(hours=30),
    CellError("#REF!"),
    NoResult("=A1"),
)


def _book(task: Task, rng: random.Random) -> WorkbookCells:
    """A clean workbook with every other sheet added, in which about one cell in six is odd."""
    made: dict[str, list[list[CellValue]]] = {name: [[*row] for row in rows] for name, rows in sheets(task).items()}
    for layout in SHEETS:
        headers = [header for header, _ in columns_for(layout, task, ["Tenant"], ["kept"])]
        blank: list[CellValue] = [None] * len(headers)
        made.setdefault(layout.name, [[*headers], *([*blank] for _ in range(3))])
    for rows in made.values():
        for row in rows[rng.random() < 0.1 :]:
            for i in range(len(row)):
                if rng.random() < 0.17:
                    row[i] = rng.choice(ODD)
    return WorkbookCells(
        "w.xlsx",
        "0" * 64,
        tuple(SheetCells(n, tuple((i, tuple(r)) for i, r in enumerate(rows, 1))) for n, rows in made.items()),
    )


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("seed", range(25))
def test_odd_cells_give_problems_and_never_a_crash(tmp_path: Path, task: Task, seed: int) -> None:
    book = _book(task, random.Random(f"{task} {seed}"))
    plan, problems = plan_from(book, tmp_path, Permissions(allow_commands=False, allowed_keys={}))
    assert (plan is None) == any(p.severity is Severity.ERROR for p in problems)
    assert all(p.what and p.remedy and p.where for p in problems)
    assert all(p.what.endswith((".", "?")) for p in problems)
