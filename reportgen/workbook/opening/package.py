"""An .xlsx file as the parts it is zipped from, so that one part can be changed and all others stay byte for byte."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from reportgen.spreadsheets.cell_text import cut, sound
from reportgen.workbook.opening.part_names import with_sound_names

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARED = "http://schemas.openxmlformats.org/package/2006/content-types"

_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def main(tag: str) -> str:
    """Return a tag of SpreadsheetML with its namespace."""
    return f"{{{MAIN}}}{tag}"


def holdable(text: str) -> str:
    """Return a text as XML and a cell can hold it; an underscore escape stays the characters that it is."""
    return cut(escaped(sound(text)), "… [cut]")


def escaped(text: str) -> str:
    """Return a text in which what looks like an escape of the format stays the characters that it is."""
    return _ESCAPE.sub("_x005F_", text)


def parse(data: bytes) -> Any:  # noqa: ANN401 - lxml ships no types
    """Return the root of an XML part; entities are never resolved and nothing is fetched.

    Raises:
        etree.XMLSyntaxError: The part is no XML.
    """
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def written(root: Any) -> bytes:  # noqa: ANN401 - as above
    """Return the bytes of a part."""
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part; `target` is the other part's full name."""

    id: str
    kind: str
    target: str


_STRICT = "http://purl.oclc.org/ooxml/"
_TRANSITIONAL = "http://schemas.openxmlformats.org/"
_OTHERWISE = {
    "officeDocument/relationships/extendedProperties": "officeDocument/2006/relationships/extended-properties",
    "officeDocument/relationships/customProperties": "officeDocument/2006/relationships/custom-properties",
    "officeDocument/extendedProperties": "officeDocument/2006/extended-properties",
    "officeDocument/customProperties": "officeDocument/2006/custom-properties",
}
_NAMED = re.compile(rb'"http://purl\.oclc\.org/ooxml/([A-Za-z]+)/([^"]*)"')


def _transitional(data: bytes) -> bytes:
    """Return a workbook with the names of the usual Open XML; one saved as Strict names the same things otherwise."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if not any(_STRICT.encode() in archive.read(n) for n in archive.namelist() if n.endswith("_rels/.rels")):
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for info in archive.infolist():
                part = archive.read(info)
                if info.filename.lower().endswith((".xml", ".rels", ".vml")):
                    part = _NAMED.sub(_usual, part).replace(b' conformance="strict"', b"")
                target.writestr(info, part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _usual(found: re.Match[bytes]) -> bytes:
    """Return the usual name for one of Strict Open XML."""
    area, rest = found[1].decode(), found[2].decode()
    return f'"{_TRANSITIONAL}{_OTHERWISE.get(f"{area}/{rest}", f"{area}/2006/{rest}")}"'.encode()


Blocks = Callable[[], Iterable[bytes]]
"""Gives the bytes of a part anew, block by block."""


class Package:
    """The parts of one file. Changed and added parts are kept beside the original until they are written."""

    def __init__(self, data: bytes) -> None:
        """Open the bytes of a file that the pre-flight has let pass."""
        self._archive = zipfile.ZipFile(io.BytesIO(_transitional(with_sound_names(data))))
        self._names = set(self._archive.namelist())
        self._changed: dict[str, bytes | Blocks] = {}

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self._names

    def read(self, part: str) -> bytes:
        """Return the bytes of a part as they stand now. Raises KeyError where there is none."""
        changed = self._changed.get(part)
        if changed is None:
            return self._archive.read(part)
        return changed if isinstance(changed, bytes) else b"".join(changed())

    def put(self, part: str, data: bytes | Blocks) -> None:
        """Change or add a part, by its bytes or by what gives them block by block when the file is written."""
        self._names.add(part)
        self._changed[part] = data

    def free_name(self, pattern: str) -> str:
        """Return the first part name of a pattern such as `xl/comments{}.xml` that is not taken."""
        number = 1
        while pattern.format(number) in self._names:
            number += 1
        return pattern.format(number)

    def main_part(self) -> str:
        """Return the name of the workbook part."""
        return next(r.target for r in self.relations("") if r.kind.endswith("/officeDocument"))

    def relations(self, part: str) -> list[Relation]:
        """Return the relationships of a part inside the file, in order; '' is the package itself."""
        name = _relations_name(part)
        if not self.has(name):
            return []
        folder = posixpath.dirname(part)
        found = []
        for entry in parse(self.read(name)):
            target = str(entry.get("Target", ""))
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            if entry.get("TargetMode") != "External":
                found.append(Relation(str(entry.get("Id")), str(entry.get("Type")), full))
        return found

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relationship of one part to another and return its id."""
        name = _relations_name(part)
        root = parse(self.read(name)) if self.has(name) else etree.Element(f"{{{_PACKAGE}/relationships}}Relationships")
        taken = {entry.get("Id") for entry in root}
        number = 1
        while f"rIdReportgen{number}" in taken:
            number += 1
        found = f"rIdReportgen{number}"
        relative = posixpath.relpath(target, posixpath.dirname(part))
        attributes = {"Id": found, "Type": f"{RELATIONS}/{kind}", "Target": relative}
        etree.SubElement(root, f"{{{_PACKAGE}/relationships}}Relationship", attributes)
        self.put(name, written(root))
        return found

    def declare(self, part: str, kind: str) -> None:
        """Name the content type of a new part."""
        self._declare("Override", "PartName", f"/{part}", kind)

    def declare_ending(self, ending: str, kind: str) -> None:
        """Name the content type of all parts with an ending."""
        self._declare("Default", "Extension", ending, kind)

    def _declare(self, tag: str, attribute: str, name: str, kind: str) -> None:
        root = parse(self.read("[Content_Types].xml"))
        if not any(str(entry.get(attribute, "")).lower() == name.lower() for entry in root):
            entry = etree.Element(f"{{{_DECLARED}}}{tag}", {attribute: name, "ContentType": kind})
            root.insert(0 if tag == "Default" else len(root), entry)
            self.put("[Content_Types].xml", written(root))

    def to_bytes(self) -> bytes:
        """Return the file: untouched parts with the bytes that they had, in the order that they had."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for info in self._archive.infolist():
                _write(target, info, self._changed.get(info.filename, self._archive.read(info)))
            old = set(self._archive.namelist())
            for part in sorted(set(self._changed) - old):
                _write(target, zipfile.ZipInfo(part, date_time=(1980, 1, 1, 0, 0, 0)), self._changed[part])
        return out.getvalue()


def _write(target: zipfile.ZipFile, info: zipfile.ZipInfo, data: bytes | Blocks) -> None:
    if isinstance(data, bytes):
        target.writestr(info, data, zipfile.ZIP_DEFLATED)
        return
    fresh = zipfile.ZipInfo(info.filename, info.date_time)
    fresh.compress_type, fresh.external_attr = zipfile.ZIP_DEFLATED, info.external_attr
    with target.open(fresh, "w", force_zip64=True) as part:
        for block in data():
            part.write(block)


def _relations_name(part: str) -> str:
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{base}.rels")
