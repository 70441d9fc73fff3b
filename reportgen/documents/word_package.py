"""The parts of a Word file, looked at with distrust: sizes are counted, document types refused, nothing is fetched."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass
from typing import Any

from lxml import etree

from reportgen.archives import BROKEN_ARCHIVE
from reportgen.documents.interface import HOSTILE, PASSWORD, TOO_LARGE, DocumentError

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LARGEST_PART = 64 * 2**20
_LARGEST_TOGETHER = 128 * 2**20
_SMALL, _RATIO = 20 * 2**20, 100
"""A part larger than that which shrank more than that was made to swell."""
_MOST_ELEMENTS = 2_000_000
"""Of one part; a thousand pages of a contract that many people worked on have some 300,000."""
DAMAGED = ("which is a damaged Word document.", "Open it in Word and save it again.", "damaged")


@dataclass(frozen=True, slots=True)
class Relation:
    """A link from one part to another: the last word of its type, and the part (or, outside, the address)."""

    kind: str
    part: str
    outside: bool = False


class WordPackage:
    """The parts of one file by their names, in any case and with any slash.

    Raises DocumentError where it is no Word file, is locked, or made to hurt.
    """

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            locked = "EncryptedPackage".encode("utf-16-le") in data
            raise DocumentError(*(PASSWORD if locked else _OLD))
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN_ARCHIVE as e:
            raise DocumentError(*DAMAGED) from e
        self._names = {_plain(name): name for name in self._archive.namelist()}
        self._unpacked = 0
        self.main = next((r.part for r in self.relations("").values() if r.kind == "officeDocument"), "")
        if not self.has(self.main):
            raise DocumentError(*DAMAGED)

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return _plain(part) in self._names

    def bytes(self, part: str) -> bytes:
        """Return what a part holds; parts unpack to so much, each and together, and no more."""
        try:
            info = self._archive.getinfo(self._names[_plain(part)])
            with self._archive.open(info) as stream:
                found = stream.read(_LARGEST_PART + 1)
        except (KeyError, *BROKEN_ARCHIVE) as e:
            raise DocumentError(*DAMAGED) from e
        self._unpacked += len(found)
        swollen = len(found) > _SMALL and len(found) > _RATIO * info.compress_size
        if swollen or len(found) > _LARGEST_PART or self._unpacked > _LARGEST_TOGETHER:
            raise DocumentError(*TOO_LARGE)
        return found

    def root(self, part: str) -> Any:  # noqa: ANN401 - lxml has no types
        """Return the root element of a part, None where the file lacks it."""
        if not part or not self.has(part):
            return None
        return parsed(self.bytes(part))

    def relations(self, part: str) -> dict[str, Relation]:
        """Return the links of a part by their ids."""
        folder, name = posixpath.split(part)
        root = self.root(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, Relation] = {}
        for link in () if root is None else root.iter("{*}Relationship"):
            target = link.get("Target", "").replace("\\", "/")
            outside = link.get("TargetMode", "") == "External"
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            kind = link.get("Type", "").rpartition("/")[2]
            found[link.get("Id", "")] = Relation(kind, target if outside else full, outside)
        return found


_OLD = (
    "which is an old Word document (.doc) or another file of its time.",
    "Open it in Word and save it as Word document (.docx).",
    "file kind",
)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def parsed(data: bytes) -> Any:  # noqa: ANN401 - lxml has no types
    """Return the root of an XML text. Raises DocumentError where it is none, or is made to hurt."""
    if data.count(b"<") > 2 * _MOST_ELEMENTS:
        raise DocumentError(*TOO_LARGE)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as e:
        told = str(e).casefold()
        hurts = any(word in told for word in ("huge", "entity", "entities", "amplification", "depth"))
        raise DocumentError(*(HOSTILE if hurts else DAMAGED)) from e
    except (ValueError, LookupError) as e:
        raise DocumentError(*DAMAGED) from e
    if root is None:
        raise DocumentError(*DAMAGED)
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentError(*HOSTILE)
    return root
