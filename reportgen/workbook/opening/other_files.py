"""Workbooks that are no .xlsx: OpenDocument files and folders of .csv, one for each sheet, read into the same plain cells.

A folder is read through one archive of it with fixed order and dates, so that its hash is that of its content and the copy
in the evidence can be read again.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from reportgen.problems import Problem, Severity
from reportgen.workbook.opening.cells import CellValue, SheetCells, WorkbookCells
from reportgen.workbook.opening.ods_stream import read_tables
from reportgen.workbook.opening.preflight import (
    BROKEN_ARCHIVE,
    CELL_LIMIT,
    PART_LIMIT,
    read_bytes,
    refuse,
    refuse_sizes,
)
from reportgen.workbook.opening.xlsx import read_cells

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_FIELD_LIMIT = 8 * 2**20
_HEAD = 4096


def read_any(path: Path) -> WorkbookCells:
    """Read every cell of a workbook of any kind that can be read: .xlsx, .xlsm, .ods, or a folder of .csv.

    Raises:
        NeedsMendingError: The file cannot be read; its one problem says why and what to do.
    """
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
                return _from_csv
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
    files = sorted(p for p in path.iterdir() if p.suffix.lower() == ".csv" and p.is_file()) if path.is_dir() else []
    if not files:
        return read_bytes(path)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in files:
            if file.stat().st_size > PART_LIMIT:
                raise refuse(file.name, "this file is far too large.", "Keep the rows that matter.", "too large")
            archive.writestr(zipfile.ZipInfo(file.name, date_time=(1980, 1, 1, 0, 0, 0)), read_bytes(file))
    return out.getvalue()


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    with archive.open("mimetype") if "mimetype" in archive.namelist() else io.BytesIO() as stream:
        return stream.read(200)


def _from_ods(archive: zipfile.ZipFile, data: bytes, name: str) -> WorkbookCells:
    refuse_sizes(archive, name)
    manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.namelist() else b""
    if b"encryption-data" in manifest:
        raise refuse(name, "this workbook has a password.", "Remove it and save again.", "password")
    return WorkbookCells(name, hashlib.sha256(data).hexdigest(), read_tables(archive, name))


def _sheet(title: str, rows: Sequence[Sequence[Any]]) -> SheetCells:
    found = ((number, _trimmed([_plain(value) for value in row])) for number, row in enumerate(rows, 1))
    return SheetCells(title, tuple((number, row) for number, row in found if row))


def _trimmed(row: list[CellValue]) -> tuple[CellValue, ...]:
    while row and row[-1] is None:
        row.pop()
    return tuple(row)


def _plain(value: object) -> CellValue:
    """Return a cell's value as openpyxl would give it: whole numbers as such, no blank text."""
    match value:
        case bool():
            return value
        case float():
            return int(value) if value.is_integer() and abs(value) < 2**53 else value
        case str():
            return value.replace("\r\n", "\n").replace("\r", "\n") or None
        case int() | dt.datetime() | dt.date() | dt.time() | dt.timedelta():
            return value
        case _:
            return None


def _from_csv(archive: zipfile.ZipFile, data: bytes, name: str) -> WorkbookCells:
    refuse_sizes(archive, name)
    notices: list[Problem] = []
    sheets = []
    for member in archive.namelist():
        file = PurePosixPath(member).name
        sheets.append(_sheet(PurePosixPath(file).stem, read_csv(archive.read(member), file, notices)))
        if sum(len(cells) for _, cells in sheets[-1].rows) > CELL_LIMIT:
            raise refuse(file, "this file holds far too many cells.", "Keep the rows that matter.", "too large")
    return WorkbookCells(name, hashlib.sha256(data).hexdigest(), tuple(sheets), _folded(notices))


def _folded(notices: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return what was noticed, once where it holds for several files."""
    files: dict[Problem, list[str]] = {}
    for notice in notices:
        files.setdefault(replace(notice, where=""), []).append(notice.where)
    return tuple(replace(said, where=first, also=tuple(more)) for said, (first, *more) in files.items())


def read_csv(data: bytes, name: str, notices: list[Problem]) -> list[list[str]]:
    """Return the rows of a .csv file; what was supposed of its encoding and delimiter is added to the notices.

    UTF-8 with or without its mark, UTF-16 with it, else Windows-1252; the delimiter is the comma, semicolon or tab that the
    header has most of.

    Raises:
        NeedsMendingError: It is no text, or a quotation mark is never closed.
    """
    text = _decoded(data, name, notices)
    delimiter = _delimiter(text)
    if delimiter != ",":
        what = f"the columns are parted by {_DELIMITERS[delimiter]}s."
        notices.append(Problem(name, what, "Nothing to do if that is so.", "delimiter", Severity.NOTE))
    before = csv.field_size_limit(_FIELD_LIMIT)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as e:
        raise refuse(
            name,
            f"this file is damaged as a table ({e}).",
            "Open it in a spreadsheet program and save it again as CSV UTF-8.",
            "damaged",
        ) from e
    finally:
        csv.field_size_limit(before)


def _decoded(data: bytes, name: str, notices: list[Problem]) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:_HEAD]:
        raise refuse(name, "this is no text file.", "Save the sheet again as CSV UTF-8.", "file kind")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        notices.append(
            Problem(
                name,
                "this file is not UTF-8 and was read as Windows-1252.",
                "Look at letters such as é and €; save it as CSV UTF-8 if they are wrong.",
                "encoding",
                Severity.WARNING,
            )
        )
        return data.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    """Return the delimiter that stands most often outside quotation marks in the first filled line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=lambda mark: (bare.count(mark), mark == ","))
