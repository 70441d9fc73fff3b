"""Who last saved a workbook, and when, as the file says of itself: `docProps/core.xml`, or `meta.xml` of an .ods file."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree

from reportgen.archives import BROKEN_ARCHIVE
from reportgen.domain.records.corpus import NOT_KNOWN, LastSaved
from reportgen.workbook.opening.package import parse

_TERMS = "{http://purl.org/dc/terms/}"
_ELEMENTS = "{http://purl.org/dc/elements/1.1/}"
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
_PLACES = {
    "docProps/core.xml": (f"{_CORE}lastModifiedBy", f"{_TERMS}modified"),
    "meta.xml": (f"{_ELEMENTS}creator", f"{_ELEMENTS}date"),
}
_MOST_BYTES = 1_000_000
_MOST_CHARACTERS = 80


def last_saved(workbook: Path) -> LastSaved:
    """Return what the file says of itself; empty where it says nothing, as a folder of .csv files does."""
    try:
        with zipfile.ZipFile(workbook) as archive:
            for part, (who, when) in _PLACES.items():
                if part in archive.namelist() and archive.getinfo(part).file_size <= _MOST_BYTES:
                    root = parse(archive.read(part))
                    return LastSaved(_text(root, who), _text(root, when))
    except (etree.XMLSyntaxError, *BROKEN_ARCHIVE):
        pass  # whatever else is wrong with the file is told by those who read its sheets
    return NOT_KNOWN


def _text(root: etree._Element, tag: str) -> str:
    found = " ".join((root.findtext(f".//{tag}") or "").split())
    return found[:_MOST_CHARACTERS]
