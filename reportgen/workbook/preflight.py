"""The look at a workbook before anything opens it, so that a hostile or bloated file costs seconds and never memory.

The file arrives by e-mail: its sizes are believed only after they were counted, its XML is streamed once without building
anything, and what a spreadsheet library would lose (formulas without a saved result, hidden rows, a used range of a million
blank rows) is noted on the way.
"""

from __future__ import annotations

import io
import math
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from reportgen.problems import NeedsMendingError, Problem

PART_LIMIT = 200 * 2**20
TOTAL_LIMIT = 400 * 2**20
RATIO_LIMIT = 100
RATIO_FREE = 20 * 2**20
TOKEN_LIMIT = 8 * 2**20
CELL_LIMIT = 5_000_000
PART_COUNT_LIMIT = 5_000
_CHUNK = 2**20
_ROWS_WORTH_TRIMMING = 5_000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_SAVE_AS = "Open it and save it as Excel Workbook (.xlsx)."

BROKEN_ARCHIVE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
)  # fmt: skip
"""All that a damaged archive may raise while it is read."""


@dataclass(slots=True)
class SheetFacts:
    """What the stream saw in one sheet. Addresses are (row, column), both from 1.

    `blank_ranges` are byte ranges of rows without content; `rows` counts all of them, `filled_rows` those with content.
    `formulas` holds the text of each formula with its `=`; one shared by several cells stands at each as written once.
    """

    rows: int = 0
    filled_rows: int = 0
    last_filled_row: int = 0
    cells: int = 0
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    without_result: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)
    blank_ranges: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Preflight:
    """A file that may be opened. `data` is the file's bytes, blank rows trimmed where they were many.

    `sheets` maps a sheet's name to its facts; `macros` = the file carries macros, which are never run.
    """

    data: bytes
    sheets: Mapping[str, SheetFacts]
    macros: bool = False
    external_links: tuple[str, ...] = ()


def refuse(where: str, what: str, remedy: str, code: str) -> NeedsMendingError:
    """Return the error for a file that cannot be read at all."""
    problem = Problem(where, what, remedy, code)
    return NeedsMendingError(str(problem), (problem,))


def inspect(data: bytes, name: str) -> Preflight:
    """Stream through an .xlsx or .xlsm file and return what may be opened.

    Args:
        data: The bytes of the file.
        name: Its name, for messages and for its ending.

    Raises:
        NeedsMendingError: The file is of another kind, damaged, protected, or made to hurt.
    """
    _refuse_other_kinds(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _inspect_archive(archive, data, name)
    except BROKEN_ARCHIVE as e:
        raise refuse(
            name,
            "this file is damaged or cut off.",
            "Open it in Excel, save it again, or take it from its source.",
            "damaged",
        ) from e


def column_number(letters: str) -> int:
    """Return the number of a column, A = 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _refuse_other_kinds(data: bytes, name: str) -> None:
    """Say what the file is when it is no zip archive at all."""
    if not data:
        raise refuse(name, "this file is empty.", "Take it again from its source.", "damaged")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise refuse(
                name,
                "this workbook has a password.",
                "Remove it (File > Info > Protect Workbook) and save again.",
                "password",
            )
        raise refuse(name, "this is an old Excel file (.xls).", _SAVE_AS, "file kind")
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise refuse(name, "this is a web page or XML file with the name of a workbook.", _SAVE_AS, "file kind")
    if not data.startswith(b"PK"):
        what = "this is a text file." if name.lower().endswith((".csv", ".tsv", ".txt")) else "this is no Excel workbook."
        raise refuse(name, what, "Give a workbook made by Excel (.xlsx); `reportgen new` writes a blank one.", "file kind")


def _inspect_archive(archive: zipfile.ZipFile, data: bytes, name: str) -> Preflight:
    """Check the sizes, find the sheets, stream every XML part."""
    names = archive.namelist()
    _refuse_other_archives(archive, names, name)
    refuse_sizes(archive, name)
    parts = _sheet_parts(archive, name)
    facts: dict[str, SheetFacts] = {}
    for part in names:
        if part in parts:
            facts[part] = _stream_sheet(archive, part, name)
        elif part.lower().endswith((".xml", ".rels", ".vml")):
            _stream(archive, part, name, expat.ParserCreate())
    if sum(f.cells for f in facts.values()) > CELL_LIMIT:
        raise refuse(
            name,
            f"this workbook holds more than {CELL_LIMIT:,} filled cells.",
            "Keep only the sheets and rows that belong to the evaluation.",
            "too large",
        )
    return Preflight(
        data=_trimmed(archive, data, facts),
        sheets={title: facts[part] for part, title in parts.items() if part in facts},
        macros="xl/vbaProject.bin" in names,
        external_links=tuple(n for n in names if n.startswith("xl/externalLinks/") and n.endswith(".xml")),
    )


def _refuse_other_archives(archive: zipfile.ZipFile, names: list[str], name: str) -> None:
    """Say what a zip archive is when it is no .xlsx."""
    held = set(names)
    if len(held) != len(names):
        raise refuse(name, "this file holds the same part twice.", "Open it in Excel and save it again.", "damaged")
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise refuse(name, "this file has a password.", "Remove it and save again.", "password")
    if "xl/workbook.bin" in held:
        raise refuse(name, "this is a binary workbook (.xlsb).", _SAVE_AS, "file kind")
    if "Index/Document.iwa" in held or "Index.zip" in held:
        raise refuse(
            name,
            "this is a Numbers document.",
            "In Numbers choose File > Export To > Excel and give that file.",
            "file kind",
        )
    if "word/document.xml" in held:
        raise refuse(name, "this is a Word document.", "Give the Excel workbook; documents stand beside it.", "file kind")
    if "content.xml" in held and "xl/workbook.xml" not in held:
        raise refuse(name, "this is an OpenDocument file (.ods).", _SAVE_AS, "file kind")
    if "[Content_Types].xml" not in held:
        raise refuse(name, "this is a zip archive without a workbook in it.", "Give the workbook itself.", "file kind")


def refuse_sizes(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse what unpacks to too much; zipfile never hands out more than the size that is declared here."""
    infos = archive.infolist()
    packed = sum(i.compress_size for i in infos)
    unpacked = sum(i.file_size for i in infos)
    ratio = unpacked / max(packed, 1)
    part = max((i.file_size for i in infos), default=0)
    if (
        part > PART_LIMIT
        or unpacked > TOTAL_LIMIT
        or len(infos) > PART_COUNT_LIMIT
        or (unpacked > RATIO_FREE and ratio > RATIO_LIMIT and not _only_blank_rows(archive, name))
    ):
        raise refuse(
            name,
            f"this file unpacks to {unpacked / 2**20:,.0f} MB, {ratio:,.0f} times its size.",
            "Copy the filled rows into a new blank workbook.",
            "too large",
        )


def _only_blank_rows(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether the swelling is a used range of blank rows (a common accident), which the stream below trims away."""
    large = [i.filename for i in archive.infolist() if i.file_size > RATIO_FREE]
    if not all(re.fullmatch(r"xl/worksheets/[^/]+\.xml", part) for part in large):
        return False
    return all(f.rows > 10 * f.filled_rows for f in (_stream_sheet(archive, part, name) for part in large))


def _sheet_parts(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Return part name -> sheet name, read from the workbook part and its relationships."""
    book = _workbook_part(archive, name)
    folder, base = posixpath.split(book)
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def on_book(tag: str, attributes: dict[str, str]) -> None:
        if tag.startswith(_STRICT):
            raise refuse(
                name,
                "this workbook was saved as Strict Open XML.",
                "Save it as Excel Workbook (.xlsx), not Strict Open XML.",
                "file kind",
            )
        if tag.endswith("\nsheet"):
            key = next((v for k, v in attributes.items() if k.endswith("\nid")), "")
            sheets[key] = attributes.get("name", "")

    def on_relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("\nRelationship"):
            target = attributes.get("Target", "")
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            targets[attributes.get("Id", "")] = full

    _stream(archive, book, name, _parser(on_book))
    relations = posixpath.join(folder, "_rels", base + ".rels")
    if relations in archive.namelist():
        _stream(archive, relations, name, _parser(on_relation))
    found = {targets[key]: title for key, title in sheets.items() if key in targets}
    if not found:
        raise refuse(name, "this workbook holds no sheet.", "Take it again from its source.", "damaged")
    return found


def _workbook_part(archive: zipfile.ZipFile, name: str) -> str:
    """Return the name of the main part, as the package says."""
    found: list[str] = []

    def on_relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("\nRelationship") and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(attributes.get("Target", "").lstrip("/"))

    if "_rels/.rels" in archive.namelist():
        _stream(archive, "_rels/.rels", name, _parser(on_relation))
    if not found or found[0] not in archive.namelist():
        raise refuse(
            name, "this file is damaged: its workbook part is missing.", "Open it in Excel and save it again.", "damaged"
        )
    return found[0]


def _parser(on_start: Callable[[str, dict[str, str]], None]) -> expat.XMLParserType:
    """Return a parser that reports starts of elements with namespace and name parted by a newline."""
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.StartElementHandler = on_start
    return parser


def _stream(archive: zipfile.ZipFile, part: str, name: str, parser: expat.XMLParserType) -> None:
    """Feed one part to a parser; refuse document types, entities and tokens that never end."""

    def on_doctype(*_: object) -> None:
        raise refuse(
            name,
            f"its part {part} declares a document type, which no spreadsheet program writes.",
            "Do not trust this file; take it again from its source.",
            "hostile",
        )

    parser.StartDoctypeDeclHandler = on_doctype
    parser.EntityDeclHandler = on_doctype
    fed = 0
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - max(parser.CurrentByteIndex, 0) > TOKEN_LIMIT:
                    raise refuse(
                        name,
                        f"its part {part} holds one piece of text of more than {TOKEN_LIMIT // 2**20} MB.",
                        "Do not trust this file; take it again from its source.",
                        "hostile",
                    )
            parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as e:  # LookupError: an encoding that does not exist
        raise refuse(
            name,
            f"this file is damaged: its part {part} is not valid XML.",
            "Open it in Excel and save it again.",
            "damaged",
        ) from e


def check_part(archive: zipfile.ZipFile, part: str, name: str, most_elements: float = math.inf) -> None:
    """Stream one part of an archive and refuse what is made to hurt; nothing is built and nothing kept.

    Raises NeedsMendingError as `inspect` does, and where the part holds more elements than are allowed.
    """
    parser = expat.ParserCreate()
    seen = 0

    def on_start(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen > most_elements:
            raise refuse(name, f"its part {part} holds more than {most_elements:,} elements.", _SAVE_AS, "too large")

    if most_elements < math.inf:
        parser.StartElementHandler = on_start
    _stream(archive, part, name, parser)


class _SheetWatcher:
    """Counts what is in one sheet while the stream passes; of its texts it keeps the formulas."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.facts = SheetFacts()
        self._parser = parser
        self._row = 0
        self._row_start = -1
        self._filled = False
        self._blank_from = -1
        self._address = (0, 0)
        self._column = 0
        self._formula = self._result = self._content = self._text = False
        self._words: list[str] = []
        self._shares = ""
        self._shared: dict[str, str] = {}
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note the start of a row, a cell, a formula or a value."""
        local = tag.rpartition(":")[2]
        if local == "c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = column_number(reference[1]) if reference else self._column + 1
            self._address = (self._row, self._column)
            self._formula = self._result = self._content = False
            self._text = attributes.get("t") == "str"
        elif local in {"v", "is"}:
            self._content = True
            self._result = self._text or local == "is" or not self._formula
            if not self._result:
                self._parser.CharacterDataHandler = self._saved
        elif local == "f":
            self._formula = self._content = True
            self._shares = attributes.get("si", "") if attributes.get("t") == "shared" else ""
            self._words = []
            self._parser.CharacterDataHandler = self._words.append
        elif local == "row":
            self._close_blank()
            self._row = int(attributes["r"]) if attributes.get("r", "").isdigit() else self._row + 1
            self._row_start = self._parser.CurrentByteIndex
            self._filled = False
            self._column = 0
            self.facts.rows += 1
            if attributes.get("hidden") in {"1", "true"}:
                self.facts.hidden_rows.append(self._row)

    def _saved(self, _: str) -> None:
        """A formula's value holds something; only a text may be empty."""
        self._result = True

    def end(self, tag: str) -> None:
        """Settle a cell or a row; a blank row is a byte range that may be left out."""
        local = tag.rpartition(":")[2]
        if local == "v":
            self._parser.CharacterDataHandler = None
        elif local == "f":
            self._parser.CharacterDataHandler = None
            self._keep_formula()
        elif local == "c":
            if self._content:
                self._filled = True
                self.facts.cells += 1
            if self._formula and not self._result:
                self.facts.without_result.add(self._address)
        elif local == "row":
            if self._filled:
                self.facts.filled_rows += 1
                self.facts.last_filled_row = self._row
            else:
                self._blank_from = self._row_start
        elif local == "sheetData":
            self._close_blank()

    def _keep_formula(self) -> None:
        """Keep the text of a formula; of a shared one only the first cell holds it."""
        text = "".join(self._words)
        if self._shares:
            text = self._shared.setdefault(self._shares, text)
        self.facts.formulas[self._address] = f"={text}"

    def _close_blank(self) -> None:
        """End a blank row where the next element begins; neighbours are joined."""
        if self._blank_from < 0:
            return
        here = self._parser.CurrentByteIndex
        ranges = self.facts.blank_ranges
        if ranges and ranges[-1][1] == self._blank_from:
            ranges[-1] = (ranges[-1][0], here)
        else:
            ranges.append((self._blank_from, here))
        self._blank_from = -1


def _stream_sheet(archive: zipfile.ZipFile, part: str, name: str) -> SheetFacts:
    """Stream one sheet and return its facts."""
    parser = expat.ParserCreate()
    watcher = _SheetWatcher(parser)
    _stream(archive, part, name, parser)
    facts = watcher.facts
    facts.hidden_rows = [r for r in facts.hidden_rows if r <= facts.last_filled_row]
    return facts


def _trimmed(archive: zipfile.ZipFile, data: bytes, facts: Mapping[str, SheetFacts]) -> bytes:
    """Return the file without its blank rows where they are many; else the file itself."""
    bloated = {p: f for p, f in facts.items() if f.rows - f.filled_rows > max(_ROWS_WORTH_TRIMMING, f.filled_rows)}
    if not bloated:
        return data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for info in archive.infolist():
            content = archive.read(info)
            if info.filename in bloated:
                content = _without(content, bloated[info.filename].blank_ranges)
            target.writestr(info.filename, content)
    return out.getvalue()


def _without(content: bytes, ranges: list[tuple[int, int]]) -> bytes:
    """Return the bytes with some ranges left out."""
    kept = []
    position = 0
    for start, end in ranges:
        kept.append(content[position:start])
        position = end
    kept.append(content[position:])
    return b"".join(kept)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of the workbook file.

    Raises:
        NeedsMendingError: There is no such file, or it may not be read.
    """
    name = path.name or str(path)
    if path.is_dir():
        raise refuse(
            name,
            "this is a folder without .csv files.",
            "Give the workbook (.xlsx) itself, or a folder with one .csv for each sheet.",
            "file kind",
        )
    try:
        return path.read_bytes()
    except FileNotFoundError as e:
        raise refuse(name, "there is no such file.", _near_file(path), "no file") from e
    except OSError as e:
        raise refuse(
            name, f"this file cannot be read ({e.strerror}).", "Close it elsewhere or ask for access.", "no file"
        ) from e


def _near_file(path: Path) -> str:
    """Offer a file of a like name in the same folder."""
    import difflib  # noqa: PLC0415 - needed for one message only

    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix.lower() in {".xlsx", ".xlsm"}]
    except OSError:
        names = []
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else "Check the name; `reportgen new FILE --task ...` writes a blank one."
