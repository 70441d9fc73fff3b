"""Reads .xlsx and .xlsm files into plain cells: one stream of each part, nothing built that is not kept."""

from __future__ import annotations

import hashlib
from pathlib import Path
from xml.parsers import expat

from reportgen.domain.wording.figures import listed
from reportgen.problems import Problem, Severity
from reportgen.workbook.opening.cells import WorkbookCells
from reportgen.workbook.opening.part_names import with_sound_names
from reportgen.workbook.opening.preflight import Preflight, opened, read_bytes, stream
from reportgen.workbook.opening.shared_strings import read_shared
from reportgen.workbook.opening.sheet_stream import Room, read_sheet


def read_cells(path: Path) -> WorkbookCells:
    """Read every cell of an .xlsx or .xlsm file.

    Raises:
        NeedsMendingError: The file cannot be read; its one problem says why and what to do.
    """
    return cells_of(read_bytes(path), path.name)


def cells_of(data: bytes, name: str) -> WorkbookCells:
    """Read every cell of a file's bytes; every XML part is streamed, so that one made to hurt is found wherever it stands.

    Raises:
        NeedsMendingError: As `read_cells`.
    """
    with opened(with_sound_names(data), name) as (archive, flight):
        read = {flight.strings, flight.styles, *(s.part for s in flight.sheets)}
        for part in archive.namelist():
            if part not in read and part.lower().endswith((".xml", ".rels", ".vml")):
                stream(archive, part, name, expat.ParserCreate())
        shared = read_shared(archive, flight, name)
        room = Room()
        sheets = tuple(read_sheet(archive, sheet, shared, name, room) for sheet in flight.sheets)
    return WorkbookCells(name, hashlib.sha256(data).hexdigest(), sheets, _notices(flight, name))


def _notices(flight: Preflight, name: str) -> tuple[Problem, ...]:
    """Say what was left aside on opening."""
    notices = []
    if flight.macros:
        notices.append(
            Problem(name, "the workbook carries macros, which were ignored.", "Nothing to do.", "macros", Severity.NOTE)
        )
    if flight.external_links:
        linked = listed(f'"{name}"' for name in flight.external_links)
        notices.append(
            Problem(
                name,
                f"the workbook links to other files, which were not opened: {linked}.",
                "Paste the values if they matter.",
                "external links",
                Severity.WARNING,
            )
        )
    return tuple(notices)
