"""Collects every problem of a workbook, so that the user mends it once: sorted as one reads, like faults folded together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reportgen.problems import Problem, Severity
from reportgen.workbook.opening.cells import SheetCells, column_letters

_SHOWN_OF_A_KIND = 20
"""So many faults of one kind in one column are told apart; the rest are named by their cells alone."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One fault before its address is written out. `row` 0 = the whole sheet; `column` 0 = the whole row."""

    order: int
    row: int
    column: int
    sheet: str
    what: str
    remedy: str
    code: str
    severity: Severity


class Faults:
    """The problems found so far. Sheets are ordered as the layout orders them, whatever their order in the file."""

    def __init__(self, order: Iterable[str]) -> None:
        """Start with the sheet names (as the file writes them) in the order in which problems are to be read."""
        self._order = {name: i for i, name in enumerate(order, 1)}
        self._found: list[_Found] = []

    def add(
        self,
        sheet: SheetCells | str,
        what: str,
        remedy: str,
        code: str,
        *,
        row: int = 0,
        column: int = 0,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Add a problem of a sheet, a row or a cell; an empty sheet name speaks of the whole file."""
        name = sheet if isinstance(sheet, str) else sheet.name
        order = self._order.get(name, 0 if not name else len(self._order) + 1)
        self._found.append(_Found(order, row, column, name, what, remedy, code, severity))

    def warn(self, sheet: SheetCells | str, what: str, remedy: str, code: str, *, row: int = 0, column: int = 0) -> None:
        """Add a warning: said, and the run goes on."""
        self.add(sheet, what, remedy, code, row=row, column=column, severity=Severity.WARNING)

    def note(self, sheet: SheetCells | str, what: str, remedy: str, code: str, *, row: int = 0, column: int = 0) -> None:
        """Add a note: something that a careful reader wants to know."""
        self.add(sheet, what, remedy, code, row=row, column=column, severity=Severity.NOTE)

    @property
    def stop(self) -> bool:
        """Whether there is an error among them."""
        return any(f.severity is Severity.ERROR for f in self._found)

    def problems(self, file: str) -> tuple[Problem, ...]:
        """Return all problems, sorted by sheet order, row and column; the same fault in many rows is one problem.

        Args:
            file: The name of the file, which stands where a problem belongs to no sheet.
        """
        same: dict[tuple[object, ...], list[_Found]] = {}
        for found in sorted(self._found, key=lambda f: (f.order, f.row, f.column)):
            key = (found.sheet, found.column, found.code, found.severity, found.what, found.remedy)
            same.setdefault(key, []).append(found)
        kinds: dict[tuple[object, ...], int] = {}
        rest: dict[tuple[object, ...], list[_Found]] = {}
        told: list[list[_Found]] = []
        for group in same.values():
            kind = (group[0].sheet, group[0].column, group[0].code, group[0].severity)
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] <= _SHOWN_OF_A_KIND:
                told.append(group)
            else:
                rest.setdefault(kind, []).extend(group)
        problems = [_problem(group, group[0].what, file) for group in told]
        problems += [
            _problem(group, f"{len(group)} more cells have a fault of this kind; here {group[0].what}", file)
            for group in rest.values()
        ]
        ranks = [(g[0].order, g[0].row, g[0].column) for g in (*told, *rest.values())]
        return tuple(p for _, p in sorted(zip(ranks, problems, strict=True), key=lambda pair: pair[0]))


def _problem(group: list[_Found], what: str, file: str) -> Problem:
    """Make one problem of faults that say the same."""
    first, *others = (_where(found, file) for found in group)
    head = group[0]
    return Problem(first, what, head.remedy, head.code, head.severity, tuple(others))


def _where(found: _Found, file: str) -> str:
    """Write the place out: file, sheet, row or cell."""
    if not found.sheet:
        return file
    if not found.row:
        return found.sheet
    if not found.column:
        return f"{found.sheet}!{found.row}:{found.row}"
    return f"{found.sheet}!{column_letters(found.column)}{found.row}"
