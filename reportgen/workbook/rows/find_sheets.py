"""Finds the sheets of a workbook by name, forgiving case, spaces and underscores, and says what is missing or not ours."""

from __future__ import annotations

import difflib

from reportgen.workbook.layout.sheets import OUR_SHEETS, SHEETS, Sheet, sheet, squash
from reportgen.workbook.opening.cells import SheetCells, WorkbookCells
from reportgen.workbook.rows.faults import Faults
from reportgen.workbook.rows.unsupported import unsupported_name
from reportgen.workbook.rows.values import as_text, is_blank

Found = dict[str, SheetCells]
"""The layout's sheet name -> its cells."""


def find_sheets(book: WorkbookCells) -> tuple[Found, Faults]:
    """Return the sheets that the layout knows, and the faults found on the way, in whose order they will be read.

    A sheet by its own name goes before one by another name, and no sheet is found twice.
    """
    ours = {squash(name) for name in OUR_SHEETS}
    rest = [cells for cells in book.sheets if squash(cells.name) not in ours]
    found: Found = {}
    doubled: list[tuple[SheetCells, SheetCells]] = []
    own = {squash(s.name): s.name for s in SHEETS}
    for exact in (True, False):
        for cells in list(rest):
            name = own.get(squash(cells.name)) if exact else _alias(cells.name)
            if name is None:
                continue
            if name not in found:
                found[name] = cells
                rest.remove(cells)
            elif exact:
                doubled.append((cells, found[name]))
                rest.remove(cells)
    faults = Faults([found[s.name].name for s in SHEETS if s.name in found])
    for cells, first in doubled:
        faults.add(
            cells,
            f'the sheet has the same name as the sheet "{first.name}".',
            "Rename or delete one of them.",
            "doubled sheet",
        )
    offered = _missing(found, rest, faults)
    _unknown(found, [cells for cells in rest if cells.name not in offered], faults)
    return found, faults


def _alias(name: str) -> str | None:
    """Return the layout's sheet that is also called so."""
    try:
        return sheet(name).name
    except KeyError:
        return None


def _missing(found: Found, rest: list[SheetCells], faults: Faults) -> set[str]:
    """Put down required sheets that are not there, and return the sheets that were offered for them."""
    offered: set[str] = set()
    for wanted in SHEETS:
        if wanted.required and wanted.name not in found:
            near = _near(wanted.name, rest) or _alike(wanted, rest)
            remedy = f'Did you mean this by the sheet "{near}"?' if near else f'Add a sheet named "{wanted.name}".'
            faults.add("", f'the sheet "{wanted.name}" is missing.', remedy, "missing sheet")
            offered |= {near} - {""}
    return offered


def _unknown(found: Found, rest: list[SheetCells], faults: Faults) -> None:
    """Note sheets that are not ours; refuse the ones that ask for what is not there."""
    free = [s.name for s in SHEETS if s.name not in found and not s.required]
    for cells in rest:
        sentence = unsupported_name(cells.name)
        if sentence and cells.rows:
            faults.add(cells, sentence, "Delete the sheet.", "not supported")
            continue
        near = next((name for name in free if _near(name, [cells])), "")
        if near:
            faults.warn(cells, "the sheet is not known and was not read.", f'Did you mean "{near}"?', "unknown sheet")
        else:
            faults.note(cells, "the sheet is not known and was not read.", "Nothing to do.", "unknown sheet")


def _alike(wanted: Sheet, sheets: list[SheetCells]) -> str:
    """Return the sheet, whatever its name, whose first row holds every required header of the one that is missing."""
    needed = {squash(c.header) for c in wanted.columns if c.required}
    for cells in sheets:
        first = next((row for _, row in cells.rows), ())
        if needed <= {squash(as_text(v)) for v in first if not is_blank(v)}:
            return cells.name
    return ""


def _near(name: str, sheets: list[SheetCells]) -> str:
    """Return the sheet whose name comes close."""
    by_key = {squash(s.name): s.name for s in sheets}
    close = difflib.get_close_matches(squash(name), by_key, n=1, cutoff=0.75)
    return by_key[close[0]] if close else ""
