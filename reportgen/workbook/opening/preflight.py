"""The look at a workbook before anything opens it, so that a hostile or bloated file costs seconds and never memory.

The file arrives by e-mail: its sizes are believed only after they were counted, and its XML is only ever streamed.
"""

from __future__ import annotations

import difflib
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from reportgen.archives import BROKEN_ARCHIVE
from reportgen.problems import NeedsMendingError, Problem

PART_LIMIT = 200 * 2**20
TOTAL_LIMIT = 400 * 2**20
RATIO_LIMIT = 100
RATIO_FREE = 20 * 2**20
TOKEN_LIMIT = 8 * 2**20
CELL_LIMIT = 5_000_000
PART_COUNT_LIMIT = 5_000
TRUE = frozenset({"1", "true"})
"""How XML writes yes."""
_CHUNK = 2**20

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LABEL_MARKS = ("DRMEncryptedTransform", "DRMEncryptedDataSpace", "LabelInfo")
"""Streams of a file that rights management encrypts, and no password."""
_LINK_PART = re.compile(r"xl/externalLinks/[^/]+\.xml")
_SAVE_AS = "Open it and save it as Excel Workbook (.xlsx)."


@dataclass(frozen=True, slots=True)
class Preflight:
    """A file that may be read: which part holds what. `sheets` are in the file's order, without chart sheets.

    `macros` = the file carries macros, which are never run. `dates_from_1904` = days count from 1904 and not from 1900.
    """

    sheets: tuple[SheetPart, ...]
    strings: str = ""
    styles: str = ""
    dates_from_1904: bool = False
    macros: bool = False
    external_links: tuple[str, ...] = ()
    """The files that it links to."""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of the file: its name, its part, whether it is hidden."""

    name: str
    part: str
    hidden: bool = False


def refuse(where: str, what: str, remedy: str, code: str) -> NeedsMendingError:
    """Return the error for a file that cannot be read at all."""
    problem = Problem(where, what, remedy, code)
    return NeedsMendingError(str(problem), (problem,))


@contextmanager
def opened(data: bytes, name: str) -> Iterator[tuple[zipfile.ZipFile, Preflight]]:
    """Open an .xlsx or .xlsm file whose kind and sizes are right, and hand out its archive and what it holds.

    Args:
        data: The bytes of the file.
        name: Its name, for messages and for its ending.

    Raises:
        NeedsMendingError: The file is of another kind, damaged, protected, or made to hurt.
    """
    _refuse_other_kinds(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            _refuse_other_archives(archive, names, name)
            refuse_sizes(archive, name)
            yield archive, _found(archive, names, name)
    except BROKEN_ARCHIVE as e:
        raise refuse(
            name,
            "this file is damaged or cut off.",
            "Open it in Excel, save it again, or take it from its source.",
            "damaged",
        ) from e


def _refuse_other_kinds(data: bytes, name: str) -> None:
    """Say what the file is when it is no zip archive at all."""
    if not data:
        raise refuse(name, "this file is empty.", "Take it again from its source.", "damaged")
    if data.startswith(_OLE):
        if any(mark.encode("utf-16-le") in data for mark in _LABEL_MARKS):
            raise refuse(
                name,
                "a sensitivity label encrypts this workbook.",
                "Choose a label without encryption (Home > Sensitivity) or ask who set it for a copy, and save it again.",
                "sensitivity label",
            )
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
        text = name.lower().endswith((".csv", ".tsv", ".txt"))
        what = "this is a text file, which holds one sheet at most." if text else "this is no Excel workbook."
        other = "a folder with one .csv for each sheet, named as the sheet" if text else "`reportgen new` writes a blank one"
        raise refuse(name, what, f"Give a workbook made by Excel (.xlsx){', or ' if text else '; '}{other}.", "file kind")


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
            "Copy the filled rows into a new blank workbook; very many recorded answers need less room in columns "
            "Output: <Candidate> on the sheet Examples.",
            "too large",
        )


def _only_blank_rows(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether the swelling is a used range of blank rows, a common accident: they are passed by and cost no memory."""
    large = [i.filename for i in archive.infolist() if i.file_size > RATIO_FREE]
    if not all(re.fullmatch(r"xl/worksheets/[^/]+\.xml", part) for part in large):
        return False
    return all(_mostly_blank(archive, part, name) for part in large)


def _mostly_blank(archive: zipfile.ZipFile, part: str, name: str) -> bool:
    rows = filled = 0
    blank = False

    def on_start(tag: str, _: dict[str, str]) -> None:
        nonlocal rows, filled, blank
        local = tag.rpartition("\n")[2]
        if local == "row":
            rows, blank = rows + 1, True
        elif blank and local in {"v", "is", "f"}:
            filled, blank = filled + 1, False

    stream(archive, part, name, parser_of(on_start))
    return rows > 10 * filled


def _found(archive: zipfile.ZipFile, names: Sequence[str], name: str) -> Preflight:
    """Return what the workbook part and its relationships name."""
    book = _workbook_part(archive, name)
    listed, from_1904 = _listed(archive, book, name)
    folder, base = posixpath.split(book)
    related = _relations(archive, posixpath.join(folder, "_rels", f"{base}.rels"), folder, name)
    known = [(related[key], title, hidden) for key, title, hidden in listed if key in related]
    if not known:
        raise refuse(name, "this workbook holds no sheet.", "Take it again from its source.", "damaged")
    if len({relation.part for relation, _, _ in known}) < len(known):
        what = "this file is damaged: two of its sheets are one part."
        raise refuse(name, what, "Open it in Excel and save it again.", "damaged")
    held = set(names)
    shared = {relation.kind: relation.part for relation in related.values()}
    return Preflight(
        sheets=tuple(
            SheetPart(title, r.part, hidden) for r, title, hidden in known if r.kind != "chartsheet" and r.part in held
        ),
        strings=shared.get("sharedStrings", ""),
        styles=shared.get("styles", ""),
        dates_from_1904=from_1904,
        macros="xl/vbaProject.bin" in held,
        external_links=tuple(_linked(archive, n, name) for n in names if _LINK_PART.fullmatch(n)),
    )


def _linked(archive: zipfile.ZipFile, part: str, name: str) -> str:
    """Return the file that an external link leads to, as the workbook writes it; the part's own name where it does not."""
    folder, base = posixpath.split(part)
    related = _relations(archive, posixpath.join(folder, "_rels", f"{base}.rels"), "", name).values()
    return next((relation.target for relation in related), base)


def _listed(archive: zipfile.ZipFile, book: str, name: str) -> tuple[list[tuple[str, str, bool]], bool]:
    """Return (relationship, name, hidden) of each sheet, and whether days count from 1904."""
    listed: list[tuple[str, str, bool]] = []
    from_1904 = False

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal from_1904
        if tag.endswith("\nworkbookPr"):
            from_1904 = attributes.get("date1904") in TRUE
        if tag.endswith("\nsheet"):
            key = next((v for k, v in attributes.items() if k.endswith("\nid")), "")
            listed.append((key, attributes.get("name", ""), attributes.get("state", "visible") != "visible"))

    stream(archive, book, name, parser_of(on_start))
    return listed, from_1904


def _workbook_part(archive: zipfile.ZipFile, name: str) -> str:
    """Return the name of the main part, as the package says."""
    related = _relations(archive, "_rels/.rels", "", name).values()
    found = next((relation.part for relation in related if relation.kind == "officeDocument"), "")
    if found not in archive.namelist():
        raise refuse(
            name, "this file is damaged: its workbook part is missing.", "Open it in Excel and save it again.", "damaged"
        )
    return found


@dataclass(frozen=True, slots=True)
class _Relation:
    """The last word of a relationship's type, and the full name of the part that it points to."""

    kind: str
    part: str
    target: str
    """As it is written; of a link to another file its address."""


def _relations(archive: zipfile.ZipFile, part: str, folder: str, name: str) -> dict[str, _Relation]:
    """Return the relationships of a part in `folder` by their ids, none where it has none."""
    found: dict[str, _Relation] = {}

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("\nRelationship"):
            target = attributes.get("Target", "").replace("\\", "/")
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = _Relation(attributes.get("Type", "").rpartition("/")[2], full, target)

    if part in archive.namelist():
        stream(archive, part, name, parser_of(on_start))
    return found


def parser_of(on_start: Callable[[str, dict[str, str]], None]) -> expat.XMLParserType:
    """Return a parser that reports starts of elements with namespace and name parted by a newline."""
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.StartElementHandler = on_start
    return parser


def stream(archive: zipfile.ZipFile, part: str, name: str, parser: expat.XMLParserType) -> None:
    """Feed one part to a parser; refuse document types, entities and tokens that never end.

    Raises NeedsMendingError, also where the part is no XML.
    """

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
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix.lower() in {".xlsx", ".xlsm"}]
    except OSError:
        names = []
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else "Check the name; `reportgen new FILE --task ...` writes a blank one."
