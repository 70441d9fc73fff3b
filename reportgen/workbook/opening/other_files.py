"""Workbooks that are no .xlsx: OpenDocument files and folders of .csv, one for each sheet, read into the same plain cells.

A folder is read through one archive of it with fixed order and dates, so that its hash is that of its content and the copy
in the evidence can be read again.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from reportgen.archives import BROKEN_ARCHIVE
from reportgen.problems import Problem, Severity
from reportgen.workbook.opening.cells import WorkbookCells
from reportgen.workbook.opening.csv_files import passed_over, read_folder
from reportgen.workbook.opening.lock_files import held_open
from reportgen.workbook.opening.ods_stream import read_tables
from reportgen.workbook.opening.preflight import PART_LIMIT, read_bytes, refuse, refuse_sizes
from reportgen.workbook.opening.xlsx import read_cells

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def read_any(path: Path) -> WorkbookCells:
    """Read every cell of a workbook of any kind that can be read: .xlsx, .xlsm, .ods, or a folder of .csv.

    Raises:
        NeedsMendingError: The file cannot be read; its one problem says why and what to do.
    """
    book = _read(path)
    return replace(book, notices=book.notices + _unsaved(path)) if held_open(path) else book


def _unsaved(path: Path) -> tuple[Problem, ...]:
    what = "the workbook is open in another program; what was changed there and not saved was not read."
    return (Problem(path.name, what, "Save it there, and check again.", "open elsewhere", Severity.WARNING),)


def _read(path: Path) -> WorkbookCells:
    data = workbook_bytes(path)
    reader = _reader(data)
    if reader is None:
        return read_cells(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return reader(archive, data, path.name)
    except BROKEN_ARCHIVE as e:
        raise refuse(path.name, "this file is damaged or cut off.", "Take it again from its source.", "damaged") from e


def _reader(data: bytes) -> Callable[[zipfile.ZipFile, bytes, str], WorkbookCells] | None:
    """Return how an archive is read that is no .xlsx, None for all else; a damaged one is left to the pre-flight."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if names and all(name.lower().endswith(".csv") for name in names):
                return read_folder
            if "content.xml" in names and _mimetype(archive).startswith(_ODS):
                return _from_ods
    except BROKEN_ARCHIVE:
        return None
    return None


def workbook_bytes(path: Path) -> bytes:
    """Return the bytes that stand for a workbook in the evidence: the file itself, or one archive of a folder's .csv files.

    Raises:
        NeedsMendingError: There is no such file, it may not be read, or the folder holds no .csv.
    """
    files = sorted(p for p in path.iterdir() if _is_table(p)) if path.is_dir() else []
    if not files:
        return read_bytes(path)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in files:
            if file.stat().st_size > PART_LIMIT:
                raise refuse(file.name, "this file is far too large.", "Keep the rows that matter.", "too large")
            archive.writestr(zipfile.ZipInfo(file.name, date_time=(1980, 1, 1, 0, 0, 0)), read_bytes(file))
    return out.getvalue()


def _is_table(path: Path) -> bool:
    return path.suffix.lower() == ".csv" and path.is_file() and not passed_over(path.name)


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    with archive.open("mimetype") if "mimetype" in archive.namelist() else io.BytesIO() as stream:
        return stream.read(200)


def _from_ods(archive: zipfile.ZipFile, data: bytes, name: str) -> WorkbookCells:
    refuse_sizes(archive, name)
    manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.namelist() else b""
    if b"encryption-data" in manifest:
        raise refuse(name, "this workbook has a password.", "Remove it and save again.", "password")
    return WorkbookCells(name, hashlib.sha256(data).hexdigest(), read_tables(archive, name))
