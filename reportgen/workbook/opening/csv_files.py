"""Folders of .csv, one for each sheet: their encoding, delimiter and names as the programs export them."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from reportgen.encodings import Reading, differing_line, in_seven_bits, readings
from reportgen.problems import Problem, Severity
from reportgen.workbook.opening.cells import CellError, CellValue, SheetCells, ShownNumber, WorkbookCells
from reportgen.workbook.opening.preflight import CELL_LIMIT, refuse, refuse_sizes

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_FIELD_LIMIT = 8 * 2**20
_HEAD = 4096
_NAMED = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_NUMBERS = re.compile(r"(.+?) ?- ?(?:Table|Tabelle|Tableau|Tabla|Tabella|Tabela|Tabel|Tabell|表格|表|표) ?\d+(?:-\d+)?")
_AGAIN = re.compile(r"(.+) \(\d+\)")
_ERROR = re.compile(
    r"#(?:N/A|VALUE!|REF!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|BUSY!|FIELD!|CONNECT!|BLOCKED!|UNKNOWN!|GETTING_DATA|ERROR!)"
)
_GUARDED = re.compile(r'="((?:[^"]|"")*)"')
"""How exports keep a spreadsheet program from making a number of a text."""
_POWER = re.compile(r"-?\d(?:[.,]\d+)?E[+-]\d{2,3}")
"""How Excel exports a long number: only the digits that the column showed are left."""


def passed_over(name: str) -> bool:
    """Whether a file is none of the user's: what macOS and Office leave beside it."""
    return PurePosixPath(name).name.startswith((".", "~$"))


def read_folder(archive: zipfile.ZipFile, data: bytes, name: str) -> WorkbookCells:
    """Read an archive of .csv files, one for each sheet.

    Raises:
        NeedsMendingError: A file is no table, or its encoding cannot be told.
    """
    refuse_sizes(archive, name)
    members = [m for m in archive.namelist() if not passed_over(m)]
    titles = _titles([PurePosixPath(member).stem for member in members])
    contents = {member: archive.read(member) for member in members}
    encoding = _encoding([data for data in contents.values() if not _is_unicode(data)], name)
    notices: list[Problem] = []
    sheets = []
    for member, title in zip(members, titles, strict=True):
        file = PurePosixPath(member).name
        sheets.append(_sheet(title, read_csv(contents[member], file, notices, encoding)))
    return WorkbookCells(name, hashlib.sha256(data).hexdigest(), tuple(sheets), _folded(notices))


def _titles(stems: Sequence[str]) -> list[str]:
    """Return the sheets' names without what exports put around them: `Examples - Table 1`, `tickets - Examples`."""
    before = {stem.partition(" - ")[0] for stem in stems if " - " in stem and not _NUMBERS.fullmatch(stem)}
    shared = f"{before.pop()} - " if len(before) == 1 else ""
    plain = []
    for stem in stems:
        bare = again[1] if (again := _AGAIN.fullmatch(stem)) else stem
        numbers = _NUMBERS.fullmatch(bare)
        plain.append(numbers[1] if numbers else bare.removeprefix(shared))
    return plain if len({title.casefold() for title in plain}) == len(plain) else list(stems)


def _folded(notices: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return what was noticed, once where it holds for several files."""
    files: dict[Problem, list[str]] = {}
    for notice in notices:
        files.setdefault(replace(notice, where=""), []).append(notice.where)
    return tuple(replace(said, where=first, also=tuple(more)) for said, (first, *more) in files.items())


def _sheet(title: str, rows: Sequence[Sequence[str]]) -> SheetCells:
    found = ((number, _trimmed([_plain(value) for value in row])) for number, row in enumerate(rows, 1))
    return SheetCells(title, tuple((number, row) for number, row in found if row))


def _trimmed(row: list[CellValue]) -> tuple[CellValue, ...]:
    while row and row[-1] is None:
        row.pop()
    return tuple(row)


def _plain(text: str) -> CellValue:
    """Return a text as a cell: an error as such, a number cut to a power of ten as it is shown, `="07"` as 07."""
    if guarded := _GUARDED.fullmatch(text):
        return guarded[1].replace('""', '"') or None
    if _ERROR.fullmatch(text):
        return CellError(text)
    if _POWER.fullmatch(text):
        return ShownNumber(float(text.replace(",", ".")), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") or None


def read_csv(data: bytes, name: str, notices: list[Problem], encoding: Reading | None = None) -> list[list[str]]:
    """Return the rows of a .csv file; what was supposed of its encoding and delimiter is added to the notices.

    UTF-8 and UTF-16 with or without their marks, else the encoding given, else the only one in which it can be read. The
    delimiter is the one that a first line `sep=` names, else the comma, semicolon, tab or bar that the header has most of.

    Raises:
        NeedsMendingError: It is no text, its encoding cannot be told, or a quotation mark is never closed.
    """
    text = _decoded(data, name, notices, encoding)
    if named := _NAMED.match(text):
        delimiter, text = named[1], text[named.end() :]
    else:
        delimiter = _delimiter(text)
    if delimiter != "," and not named:
        what = f"the columns are parted by {_DELIMITERS[delimiter]}s."
        notices.append(Problem(name, what, "Nothing to do if that is so.", "delimiter", Severity.NOTE))
    if text.count(delimiter) + text.count("\n") + text.count("\r") > CELL_LIMIT:
        raise refuse(name, "this file holds far too many cells.", "Keep the rows that matter.", "too large")
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


def _is_unicode(data: bytes) -> bool:
    """Whether bytes say of themselves that they are UTF-8 or UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _without_mark(data):
        return True
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def _without_mark(data: bytes) -> str:
    """Return the codec of UTF-16 without its mark, '' where it is none: every other byte of the head is zero."""
    head = data[: _HEAD // 2 * 2]
    if len(head) > 3 and 0 not in head[::2] and head[1::2].count(0) > len(head) // 4:  # noqa: PLR2004 - two signs
        return "utf-16-le"
    if len(head) > 3 and 0 not in head[1::2] and head[::2].count(0) > len(head) // 4:  # noqa: PLR2004 - two signs
        return "utf-16-be"
    return ""


def _decoded(data: bytes, name: str, notices: list[Problem], encoding: Reading | None) -> str:
    codec = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else _without_mark(data)
    if codec:
        try:
            return data.decode(codec)
        except UnicodeDecodeError as e:
            raise refuse(name, "this file is damaged or cut off.", "Save the sheet again as CSV UTF-8.", "damaged") from e
    if b"\0" in data[:_HEAD]:
        raise refuse(name, "this is no text file.", "Save the sheet again as CSV UTF-8.", "file kind")
    if (text := in_seven_bits(data)) is not None:
        return text
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        found = encoding or _encoding([data], name)
    if found is None:
        raise _unknown(name)
    what = f'this file is not UTF-8 and was read as {found.name}; a line of it reads "{found.line()}".'
    notices.append(
        Problem(name, what, "Look at the letters; save it as CSV UTF-8 if they are wrong.", "encoding", Severity.WARNING)
    )
    try:
        return data.decode(found.codec)
    except UnicodeDecodeError as e:
        raise _unknown(name) from e


def _encoding(contents: Sequence[bytes], name: str) -> Reading | None:
    """Return the only encoding in which files can be read, None where there is none of them.

    Raises:
        NeedsMendingError: There are two, or none.
    """
    data = b"\n".join(content for content in contents if b"\0" not in content[:_HEAD])
    if not data:
        return None
    found = readings(data)
    if not found:
        raise _unknown(name)
    if len(found) > 1:
        lines = differing_line(found[0], found[1])
        ways = " or ".join(f'as {r.name} ("{line}")' for r, line in zip(found, lines, strict=False))
        raise refuse(
            name,
            f"the text is not UTF-8, and a line of it can be read {ways}.",
            "Open it in the program that it came from, look at that line, and save it as CSV UTF-8.",
            "two readings",
        )
    return found[0]


def _unknown(name: str) -> Exception:
    return refuse(
        name,
        "the text is not UTF-8, and in no encoding that is known here it can be read.",
        "Open it in the program that it came from and save it as CSV UTF-8.",
        "encoding",
    )


def _delimiter(text: str) -> str:
    """Return the delimiter that stands most often outside quotation marks in the first filled line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=lambda mark: (bare.count(mark), mark == ","))
