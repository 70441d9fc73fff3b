"""One sheet as a table: columns found by their headers in any order, its shape checked, its filled rows handed out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from reportgen.domain.records.plan import Task
from reportgen.workbook.layout.sheets import ROW_STATUS, Column, Sheet, squash
from reportgen.workbook.opening.cells import CellValue, NoResult, SheetCells, column_letters
from reportgen.workbook.rows import values
from reportgen.workbook.rows.faults import Faults
from reportgen.workbook.rows.row import Frame, Locale, Row
from reportgen.workbook.rows.unsupported import unsupported_column
from reportgen.workbook.rows.values import clean, is_blank

_HEADER_WITHIN = 10
"""Rows from the top in which headers are looked for below a title."""
_PLAINLY_HEADERS = 2
_VOLATILE = re.compile(r"\b(NOW|TODAY|RAND|RANDBETWEEN|RANDARRAY)\s*\(", re.IGNORECASE)
_OTHER_FILE = re.compile(r"\[[^\]]+\][^!]*!|\[\d+\]|\.xls[xmb]?'?!|'file:[^']*'#", re.IGNORECASE)
_FROM_ELSEWHERE = re.compile(
    r"\b(IMPORTRANGE|IMPORTDATA|IMPORTHTML|IMPORTXML|IMPORTFEED|GOOGLETRANSLATE|GOOGLEFINANCE|DETECTLANGUAGE|TRANSLATE|COPILOT"
    r"|WEBSERVICE|STOCKHISTORY|RTD|DDE|CUBEVALUE|CUBEMEMBER|GEMINI|AI|GPT|LABS\.GENERATIVEAI|IMAGE)\s*\(",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Member:
    """One column of a family: `Expected: Tenant` has the name `Tenant`; `column` counts from 1."""

    name: str
    column: int


class Table:
    """The rows below the header of one sheet. `columns` maps the layout's headers to columns, counted from 1."""

    def __init__(self, layout: Sheet, cells: SheetCells, faults: Faults, locale: Locale, task: Task | None = None) -> None:
        """Find the header row and the columns; put down what is missing, doubled or unknown."""
        self.layout = layout
        self.cells = cells
        self.faults = faults
        self.locale = locale
        self.columns: dict[str, int] = {}
        self.families: dict[str, list[Member]] = {}
        self.other: list[Member] = []
        self.frame = Frame(layout, cells, faults, locale, self.columns)
        self._task = task
        self._ours: set[int] = set()
        header = self._header()
        self.header_row = header[0] if header else 0
        self._body = tuple(row for row in cells.rows if row[0] > self.header_row)
        self._find_columns(header[1] if header else ())
        self._check_headless(header[1] if header else ())
        self._check_shape()
        self._check_formulas()

    def _header(self) -> tuple[int, tuple[CellValue, ...]] | None:
        """Return the first filled row; where it holds none of our headers, a row below that is plainly the one."""
        filled = [row for row in islice(self.cells.rows, _HEADER_WITHIN) if not all(is_blank(v) for v in row[1])]
        if not filled:
            return next((row for row in self.cells.rows if not all(is_blank(v) for v in row[1])), None)
        known = {squash(n) for c in self.layout.columns if c.per is None for n in (c.header, *c.aliases)}
        hits = [sum(_key(v) in known for v in row) for _, row in filled]
        best = next((i for i, found in enumerate(hits) if found >= _PLAINLY_HEADERS), 0)
        if hits[0] or not best:
            return filled[0]
        self.faults.warn(
            self.cells,
            f"the column headers stand in row {filled[best][0]}; what stands above them was not read.",
            "Delete the rows above the headers.",
            "rows above",
            row=filled[0][0],
        )
        return filled[best]

    def rows(self) -> Iterator[Row]:
        """Yield the filled rows; rows that are blank but for our own columns are passed over."""
        ours = self._ours
        for number, cells in self._body:
            if any(not is_blank(v) for i, v in enumerate(cells, 1) if i not in ours):
                yield Row(self.frame, number, cells)

    def has(self, header: str) -> bool:
        """Whether the sheet has this column."""
        return header in self.columns

    def _find_columns(self, header: tuple[CellValue, ...]) -> None:
        """Match the headers: own names first, then aliases, so that an alias never takes a true header's place."""
        mine = [c for c in self.layout.columns if self._task is None or self._task in c.tasks]
        names = {squash(c.header): c for c in mine if c.per is None}
        aliases = {squash(a): c for c in mine if c.per is None for a in c.aliases}
        seen: dict[str, int] = {}
        later: list[tuple[int, str]] = []
        for column, value in enumerate(header, 1):
            text = clean(values.as_text(value)).rstrip("* ") if not is_blank(value) else ""
            key = _key(text)
            if not key:
                continue
            if key == squash(ROW_STATUS):
                self._ours.add(column)
            elif key in seen:
                self._doubled(text, seen[key], column)
            else:
                seen[key] = column
                if key in names:
                    self.columns[names[key].header] = column
                elif not self._family(text, column):
                    later.append((column, text))
        for column, text in later:
            known = aliases.get(_key(text))
            if known and known.header not in self.columns:
                self.columns[known.header] = column
            else:
                self.other.append(Member(text, column))
        self._missing(mine)
        self._unknown(mine)

    def _family(self, text: str, column: int) -> bool:
        """Take a header such as `Expected: Tenant`."""
        prefix, colon, name = text.partition(":")
        if not colon or not clean(name):
            return False
        for candidate in self.layout.columns:
            if candidate.per is None or (self._task is not None and self._task not in candidate.tasks):
                continue
            prefixes = {squash(p.split("<", 1)[0].rstrip(" :")) for p in (candidate.header, *candidate.aliases)}
            if squash(prefix) in prefixes:
                self.families.setdefault(candidate.header, []).append(Member(clean(name), column))
                return True
        return False

    def _doubled(self, text: str, first: int, second: int) -> None:
        self.faults.add(
            self.cells,
            f'the header "{text}" stands already in {self.cells.address(self.header_row, first)}.',
            "Rename or delete one of the two columns.",
            "doubled header",
            row=self.header_row,
            column=second,
        )

    def _missing(self, mine: list[Column]) -> None:
        """Put down required columns that are not there, with the header that may have been meant."""
        groups = {c.one_of for c in mine if c.one_of and c.header in self.columns}
        for column in mine:
            if (
                not column.required
                or column.header in self.columns
                or column.per is not None
                or column.one_of in groups - {""}
            ):
                continue
            near = self._near(column, [m.name for m in self.other])
            remedy = f'Did you mean this by "{near}"?' if near else self._remedy(column.header)
            self.faults.add(
                self.cells, f'the column "{column.header}" is missing.', remedy, "missing column", row=self.header_row
            )

    def _remedy(self, header: str) -> str:
        """Say how to come by a column, with the headers of the user's own that may be the one."""
        own = values.listed(f'"{m.name[:30]}"' for m in self.other)
        return (
            f'Rename the right one of your columns ({own}) to "{header}", or add it.'
            if own
            else (f'Add a column with the header "{header}".')
        )

    def _unknown(self, mine: list[Column]) -> None:
        """Say which unknown headers come close to one of ours, and refuse the ones that ask for what is not there."""
        if self.layout.open_columns:
            return
        free = [c for c in mine if c.header not in self.columns and c.per is None and not c.required]
        for member in self.other:
            sentence = unsupported_column(self.layout.name, member.name)
            if sentence and any(len(r) >= member.column and not is_blank(r[member.column - 1]) for _, r in self._body):
                self.faults.add(
                    self.cells, sentence, "Remove the column.", "not supported", row=self.header_row, column=member.column
                )
                continue
            meant = next((c.header for c in free if self._near(c, [member.name])), "")
            if meant:
                self.faults.warn(
                    self.cells,
                    f'the column "{member.name}" is not known and was not read.',
                    f'Did you mean "{meant}"?',
                    "unknown column",
                    row=self.header_row,
                    column=member.column,
                )

    @staticmethod
    def _near(column: Column, names: list[str]) -> str:
        """Return the name that comes close to a column's header."""
        by_key = {squash(n): n for n in names}
        found = difflib.get_close_matches(squash(column.header), by_key, n=1, cutoff=0.75)
        return by_key[found[0]] if found else ""

    def _check_headless(self, header: tuple[CellValue, ...]) -> None:
        """Say which columns hold values below a blank header: nothing of them is read."""
        blank = [column for column, value in enumerate(header, 1) if is_blank(value)]
        beyond: set[int] = set()
        for _, row in self._body:
            if len(row) > len(header):
                beyond.update(c for c in range(len(header) + 1, len(row) + 1) if not is_blank(row[c - 1]))
        held = {c for c in blank if any(len(row) >= c and not is_blank(row[c - 1]) for _, row in self._body)}
        headless = sorted(held | beyond)
        if headless:
            these = (
                f"the columns {values.listed(map(column_letters, headless))} have" if len(headless) > 1 else "the column has"
            )
            self.faults.warn(
                self.cells,
                f"{these} no header; what stands below was not read.",
                "Write a header into the first row of the table, or clear the cells.",
                "no header",
                row=self.header_row,
                column=headless[0],
            )

    def _check_shape(self) -> None:
        """Refuse merged cells in the table; say how many hidden rows and columns and blank rows there are."""
        for area, first, last in self.cells.merged:
            if self.header_row and last >= self.header_row and first <= max((n for n, _ in self._body), default=first):
                self.faults.add(
                    f"{self.cells.name}",
                    f"the cells {area} are merged.",
                    "Unmerge them and fill each cell.",
                    "merged",
                    row=first,
                )
        hidden = set(self.cells.hidden_rows)
        count = sum(1 for number, _ in self._body if number in hidden)
        read = {*self.columns.values(), *(m.column for f in self.families.values() for m in f)}
        columns = sum(any(first <= c <= last for first, last in self.cells.hidden_columns) for c in read)
        hides = [f"hidden {noun} were included: {n}." for noun, n in (("rows", count), ("columns", columns)) if n]
        if not hides and self.cells.hidden:
            hides = ["the sheet is hidden and was included."]
        for what in hides:
            self.faults.note(self.cells, what, "Delete what is not meant to count.", "hidden")
        filled = [row.line for row in self.rows()]
        if filled and len(self._body) and (gaps := _gaps(self.header_row, filled)):
            self.faults.note(
                self.cells,
                f"blank rows between filled ones were passed over: {values.listed(map(str, gaps))}.",
                "Nothing to do if they are meant to be blank.",
                "blank rows",
            )

    def _check_formulas(self) -> None:
        """Refuse formulas whose result changes by itself or lies in another file; mention the others."""
        read = {*self.columns.values(), *(m.column for f in self.families.values() for m in f)}
        skipped = {self.columns["Help"]} if "Help" in self.columns else set()
        told = {(n, c) for n, row in self._body for c, value in enumerate(row, 1) if isinstance(value, NoResult)}
        for (row, column), formula in self.cells.formulas.items():
            if row <= self.header_row or column not in read - skipped or (row, column) in told:
                continue
            if _VOLATILE.search(formula):
                self._formula(
                    row, column, "holds a formula whose result changes by itself", "Type the value itself.", stop=True
                )
            elif found := _FROM_ELSEWHERE.search(formula):
                what = f"holds a formula that is fed from elsewhere ({found[1].upper()})"
                self._formula(row, column, what, "Copy the cell and paste it as values.", stop=True)
            elif _OTHER_FILE.search(formula):
                self._formula(row, column, "holds a formula that links to another file", "Type the value itself.", stop=True)
            else:
                self._formula(
                    row, column, "holds a formula; its saved result was read", "Check that it is right.", stop=False
                )

    def _formula(self, row: int, column: int, what: str, remedy: str, *, stop: bool) -> None:
        put = self.faults.add if stop else self.faults.warn
        put(self.cells, f"this cell {what}.", remedy, "formula", row=row, column=column)


def _key(header: CellValue) -> str:
    """Return a header as it is compared; a star for "required" and a colon behind it are no part of the name."""
    return "" if is_blank(header) else squash(clean(values.as_text(header)).rstrip("*: "))


def _gaps(header: int, filled: list[int]) -> list[int]:
    """Return the first blank rows between filled ones."""
    gaps: list[int] = []
    for before, after in zip([header, *filled], filled, strict=False):
        gaps.extend(range(before + 1, min(after, before + 10)))
    return gaps
